import type { Database } from '@payments/persistence';
import { comparePayment, type Differences, type Life } from './compare-payment.js';
import type { EventLine } from './event-line.js';
import type { ExpectedLedger } from './model.js';
import type { LedgerPlan } from './plan.js';
import { countRows, type RowCounts, readLedger } from './stored-ledger.js';

const CHUNK_PAYMENTS = 2_000;

/** Numbers of compared rows, and of webhooks by status. */
export interface Compared extends Omit<RowCounts, 'transactionKeys' | 'bodies'> {
  readonly events: number;
  readonly statuses: ReadonlyMap<string, number>;
}

export interface LedgerComparison {
  readonly database: Database;
  readonly plan: LedgerPlan;
  readonly eventsOf: (intentId: string) => readonly EventLine[];
  /** The rows before the run. */
  readonly before: RowCounts;
  readonly onProgress: (payments: number) => void;
}

/** Compares all rows in Postgres and all events in Kafka with the model's results for the plan. */
export async function compareLedger(
  { database, plan, eventsOf, before, onProgress }: LedgerComparison,
  differences: Differences,
): Promise<Compared> {
  const tally = new Tally();
  for (let first = 0; first < plan.payments; first += CHUNK_PAYMENTS) {
    const lives = livesOf(plan, first);
    const stored = await readLedger(database, {
      intentIds: lives.map(({ planned }) => planned.intentId),
      webhookIds: lives.flatMap(({ history }) => history.webhooks.map(({ webhookId }) => webhookId)),
    });
    for (const life of lives) {
      const expected = comparePayment(life, stored, eventsOf(life.planned.intentId), differences);
      if (expected !== null) tally.add(expected);
    }
    onProgress(first + lives.length);
  }
  differences.compare('rows in all', await countRows(database), rowsExpected(before, tally));
  return tally;
}

function livesOf(plan: LedgerPlan, first: number): Life[] {
  return Array.from({ length: Math.min(CHUNK_PAYMENTS, plan.payments - first) }, (_, n) => ({
    planned: plan.payment(first + n),
    history: plan.history(first + n),
  }));
}

class Tally implements Compared {
  intents = 0;
  transactions = 0;
  webhooks = 0;
  events = 0;
  readonly statuses = new Map<string, number>();

  add({ transactions, webhooks, events }: ExpectedLedger): void {
    this.intents += 1;
    this.transactions += transactions.size;
    this.webhooks += webhooks.size;
    this.events += events.length;
    for (const { status } of webhooks.values()) {
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    }
  }
}

function rowsExpected(before: RowCounts, { intents, transactions, webhooks }: Compared): RowCounts {
  return {
    intents: before.intents + intents,
    transactions: before.transactions + transactions,
    transactionKeys: before.transactionKeys + transactions,
    webhooks: before.webhooks + webhooks,
    bodies: before.bodies + webhooks,
  };
}
