import { isDeepStrictEqual } from 'node:util';
import type { Database } from '@payments/persistence';
import type { EventLine } from './event-line.js';
import { contradictsEnd, type ExpectedLedger, expectedLedger, type ToldWebhook, toldBy } from './model.js';
import type { LedgerPlan } from './plan.js';
import {
  type Applied,
  countRows,
  type RowCounts,
  readLedger,
  type StoredLedger,
  type WebhookRow,
} from './stored-ledger.js';

const CHUNK_PAYMENTS = 2_000;
const DIFFERENCES_KEPT = 100;

/** What is not as the model says. */
export class Differences {
  readonly shown: string[] = [];
  count = 0;

  add(what: string): void {
    this.count += 1;
    if (this.shown.length < DIFFERENCES_KEPT) this.shown.push(what);
  }

  /** Notes it if the two differ. */
  compare(what: string, stored: unknown, expected: unknown): void {
    if (isDeepStrictEqual(stored, expected)) return;
    this.add(`${what}\n    stored   ${shown(stored)}\n    expected ${shown(expected)}`);
  }
}

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
    const lives = Array.from({ length: Math.min(CHUNK_PAYMENTS, plan.payments - first) }, (_, n) => ({
      planned: plan.payment(first + n),
      history: plan.history(first + n),
    }));
    const stored = await readLedger(database, {
      intentIds: lives.map(({ planned }) => planned.intentId),
      webhookIds: lives.flatMap(({ history }) => history.webhooks.map(({ webhookId }) => webhookId)),
    });
    for (const { planned, history } of lives) {
      const intent = stored.intents.get(planned.intentId);
      if (intent === undefined) {
        differences.add(`payment ${planned.intentId} has no row`);
        continue;
      }
      const told = asApplied(toldBy(history), stored.webhooks);
      const expected = expectedLedger(planned, intent.id, told);
      const name = `${planned.provider} ${planned.outcome} ${planned.intentId}`;
      if (contradictsEnd(expected, history)) differences.add(`${name}: the model itself ends otherwise`);
      compareOne(name, stored, { ...intent, expected }, differences);
      differences.compare(`${name}: events`, eventsOf(planned.intentId), expected.events);
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
  const counts = { intents, transactions, transactionKeys: transactions, webhooks, bodies: webhooks };
  differences.compare('rows in all', await countRows(database), counts);
  return compared;
}

function compareOne(
  name: string,
  stored: StoredLedger,
  { id, row, expected }: { id: string; row: unknown; expected: ExpectedLedger },
  differences: Differences,
): void {
  differences.compare(`${name}: intent`, row, expected.intent);
  const transactions = stored.transactions.get(id) ?? new Map<string, unknown>();
  for (const key of new Set([...transactions.keys(), ...expected.transactions.keys()])) {
    differences.compare(`${name}: ${key}`, transactions.get(key), expected.transactions.get(key));
  }
  for (const [webhookId, webhook] of expected.webhooks) {
    const found = stored.webhooks.get(webhookId);
    if (found === undefined) differences.add(`${name}: ${webhookId} has no row`);
    else differences.compare(`${name}: ${webhookId}`, withoutApplied(found), webhook);
  }
}

function withoutApplied({ applied: _, ...row }: WebhookRow): Omit<WebhookRow, 'applied'> {
  return row;
}

/**
 * Webhooks in the order in which the pipeline applied them: transaction by transaction, which the locks of the
 * payment keep apart, and within one by the gateway's time. Those without a row come last.
 */
function asApplied(told: readonly ToldWebhook[], rows: ReadonlyMap<string, WebhookRow>): ToldWebhook[] {
  const appliedOf = ({ webhook }: ToldWebhook): Applied | undefined => rows.get(webhook.webhookId)?.applied;
  const transactions = [...Map.groupBy(told, (one) => appliedOf(one)?.transaction ?? '').values()].map(
    (own) => ({
      atMs: Math.min(...own.map((one) => appliedOf(one)?.atMs ?? Number.POSITIVE_INFINITY)),
      own: own.sort(
        (a, b) => timeOf(a) - timeOf(b) || (appliedOf(a)?.offset ?? 0) - (appliedOf(b)?.offset ?? 0),
      ),
    }),
  );
  return transactions.sort((a, b) => a.atMs - b.atMs).flatMap(({ own }) => own);
}

function timeOf({ reading }: ToldWebhook): number {
  return Math.min(Number.MAX_SAFE_INTEGER, ...reading.facts.map(({ occurredAt }) => occurredAt));
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? Number(part) : part)) ?? 'nothing';
}
