import type { Database } from '@payments/persistence';
import { comparePayment, type Differences, type Life } from './compare-payment.js';
import type { EventLine } from './event-line.js';
import type { LedgerPlan } from './plan.js';
import { countRows, type RowCounts, readLedger } from './stored-ledger.js';

const CHUNK_PAYMENTS = 2_000;

/** How many webhooks took each status, and all rows that were compared. */
export interface Compared extends Omit<RowCounts, 'transactionKeys' | 'bodies'> {
  readonly events: number;
  readonly statuses: ReadonlyMap<string, number>;
}

/** Everything that Postgres and the topic of events hold, against what the model makes of the plan. */
export async function compareLedger(
  database: Database,
  plan: LedgerPlan,
  eventsOf: (intentId: string) => readonly EventLine[],
  differences: Differences,
  before: RowCounts,
  onProgress: (payments: number) => void = () => {},
): Promise<Compared> {
  const compared = {
    intents: 0,
    transactions: 0,
    webhooks: 0,
    events: 0,
    statuses: new Map<string, number>(),
  };
  for (let first = 0; first < plan.payments; first += CHUNK_PAYMENTS) {
    const lives: Life[] = Array.from({ length: Math.min(CHUNK_PAYMENTS, plan.payments - first) }, (_, n) => ({
      planned: plan.payment(first + n),
      history: plan.history(first + n),
    }));
    const stored = await readLedger(database, {
      intentIds: lives.map(({ planned }) => planned.intentId),
      webhookIds: lives.flatMap(({ history }) => history.webhooks.map(({ webhookId }) => webhookId)),
    });
    for (const life of lives) {
      const expected = comparePayment(life, stored, eventsOf(life.planned.intentId), differences);
      if (expected === null) continue;
      compared.intents += 1;
      compared.transactions += expected.transactions.size;
      compared.webhooks += expected.webhooks.size;
      compared.events += expected.events.length;
      for (const { status } of expected.webhooks.values()) {
        compared.statuses.set(status, (compared.statuses.get(status) ?? 0) + 1);
      }
    }
    onProgress(first + lives.length);
  }
  const { intents, transactions, webhooks } = compared;
  const counts: RowCounts = {
    intents: before.intents + intents,
    transactions: before.transactions + transactions,
    transactionKeys: before.transactionKeys + transactions,
    webhooks: before.webhooks + webhooks,
    bodies: before.bodies + webhooks,
  };
  differences.compare('rows in all', await countRows(database), counts);
  return compared;
}
