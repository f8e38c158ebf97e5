import { isDeepStrictEqual } from 'node:util';
import type { PaymentHistory } from '@payments/simulator';
import type { EventLine } from './event-line.js';
import { contradictsEnd, type ExpectedLedger, expectedLedger, type ToldWebhook, toldBy } from './model.js';
import type { PlannedPayment } from './plan.js';
import type { Applied, StoredLedger, WebhookRow } from './stored-ledger.js';

const DIFFERENCES_KEPT = 100;

/** A payment and its gateway's webhooks. */
export interface Life {
  readonly planned: PlannedPayment;
  readonly history: PaymentHistory;
}

/** Differences between what is stored and what is expected. */
export class Differences {
  readonly shown: string[] = [];
  count = 0;

  add(what: string): void {
    this.count += 1;
    if (this.shown.length < DIFFERENCES_KEPT) this.shown.push(what);
  }

  /** Adds a difference if the two values are not equal. */
  compare(what: string, stored: unknown, expected: unknown): void {
    if (isDeepStrictEqual(stored, expected)) return;
    this.add(`${what}\n    stored   ${shown(stored)}\n    expected ${shown(expected)}`);
  }
}

/** Compares the rows and events of one payment with the model. @returns the model's result; null without a row */
export function comparePayment(
  { planned, history }: Life,
  stored: StoredLedger,
  events: readonly EventLine[],
  differences: Differences,
): ExpectedLedger | null {
  const name = `${planned.provider} ${planned.outcome} ${planned.intentId}`;
  const intent = stored.intents.get(planned.intentId);
  if (intent === undefined) {
    differences.add(`${name} has no row`);
    return null;
  }
  const expected = expectedLedger(planned, intent.id, asApplied(toldBy(history), stored.webhooks));
  if (contradictsEnd(expected, history)) differences.add(`${name}: the model itself ends otherwise`);
  compareRows(name, stored, { ...intent, expected }, differences);
  differences.compare(`${name}: events`, events, expected.events);
  return expected;
}

function compareRows(
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
 * Webhooks in the order in which the pipeline applied them: by transaction, since the payment's lock serializes these,
 * and within one by the gateway's time. Those without a row come last.
 */
function asApplied(told: readonly ToldWebhook[], rows: ReadonlyMap<string, WebhookRow>): ToldWebhook[] {
  const appliedOf = ({ webhook }: ToldWebhook): Applied | undefined => rows.get(webhook.webhookId)?.applied;
  const transactions = [...Map.groupBy(told, (one) => appliedOf(one)?.transaction ?? '').values()].map(
    (own) => ({
      atMs: Math.min(...own.map((one) => appliedOf(one)?.atMs ?? Number.POSITIVE_INFINITY)),
      own: own.sort(
        (a, b) =>
          timeOf(a) - timeOf(b) ||
          (appliedOf(a)?.offset ?? 0) - (appliedOf(b)?.offset ?? 0) ||
          (appliedOf(a)?.partition ?? 0) - (appliedOf(b)?.partition ?? 0),
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
