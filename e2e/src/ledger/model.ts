import { isDeepStrictEqual } from 'node:util';
import {
  asIntentRowId,
  type Decision,
  decideAll,
  newPayment,
  onLeg,
  type Payment,
  strongestOutcome,
  sumsIn,
  type TransactionState,
} from '@payments/domain';
import { readWebhook, type WebhookReading } from '@payments/gateways';
import type { PaymentHistory } from '@payments/simulator';
import type { LedgerWebhook } from './deliveries.js';
import { type EventLine, lineOfEvent } from './event-line.js';
import type { PlannedPayment } from './plan.js';
import type { IntentRow, TransactionRow, WebhookRow } from './stored-ledger.js';

/** The expected rows of one payment. */
export interface ExpectedLedger {
  readonly intent: IntentRow;
  /** By provider, type and object. */
  readonly transactions: ReadonlyMap<string, TransactionRow>;
  /** By webhook id. */
  readonly webhooks: ReadonlyMap<string, Omit<WebhookRow, 'applied'>>;
  /** In order of version, from 2: the creation makes version 1, which has no event. */
  readonly events: readonly EventLine[];
  /** The webhooks in the order in which they were applied, each with the versions that it made. */
  readonly versions: ReadonlyMap<string, readonly number[]>;
}

/** A webhook and what is read from it. */
export interface ToldWebhook {
  readonly webhook: LedgerWebhook;
  readonly reading: WebhookReading;
}

export function toldBy(history: PaymentHistory): ToldWebhook[] {
  return history.webhooks.map((webhook) => ({
    webhook,
    reading: readWebhook(webhook.provider, webhook.body),
  }));
}

/**
 * The rows that the pure model derives for a payment from its webhooks, applied in this order. Status and sums do not
 * depend on the order; which webhooks are stale, and so the version and the events, does.
 *
 * @param paymentIntentId the internal id of the payment's row, which is generated and so cannot be computed
 */
export function expectedLedger(
  planned: PlannedPayment,
  paymentIntentId: string,
  told: readonly ToldWebhook[],
): ExpectedLedger {
  const created = newPayment({ ...planned, id: asIntentRowId(paymentIntentId), customerId: '' });
  const facts = told.flatMap(({ reading }) => reading.facts.map((fact) => onLeg(fact, 1)));
  const { payment, decisions, events } = decideAll(created, facts);
  const own = decisionsOf(told, decisions);
  return {
    intent: intentRowOf(payment),
    transactions: new Map(
      Array.from(payment.transactions.values(), (state) => [
        transactionNameOf(state),
        transactionRowOf(state),
      ]),
    ),
    webhooks: webhookRows(own, paymentIntentId),
    versions: new Map(
      Array.from(own, ([{ webhook }, made]) => [
        webhook.webhookId,
        made.flatMap(({ event }) => event?.version ?? []),
      ]),
    ),
    events: events.map((event) => {
      const { transaction } = event;
      const moved = transaction && { ...transaction, amount: transaction.amount.amountMinor };
      return lineOfEvent({ ...event, transaction: moved });
    }),
  };
}

function intentRowOf({ intent }: Payment): IntentRow {
  const { status, version, amount, currency, currentLeg, lastError, nextAction } = intent;
  return { status, version, amount, currency, currentLeg, lastError, nextAction, ...sumsIn(intent) };
}

function transactionNameOf(state: Pick<TransactionState, 'provider' | 'type' | 'objectId'>): string {
  return `${state.provider} ${state.type} ${state.objectId}`;
}

function transactionRowOf(state: TransactionState): TransactionRow {
  const { status, leg, amount, occurredAt, reference, parentId, failure } = state;
  return {
    status,
    leg,
    amount: amount.amountMinor,
    currency: amount.currency,
    occurredAt,
    reference,
    parent: parentId,
    failure: failure?.code ?? null,
  };
}

function decisionsOf(
  told: readonly ToldWebhook[],
  decisions: readonly Decision[],
): Map<ToldWebhook, readonly Decision[]> {
  let next = 0;
  return new Map(
    told.map((one) => {
      const own = decisions.slice(next, next + one.reading.facts.length);
      next += own.length;
      return [one, own];
    }),
  );
}

function webhookRows(
  decided: ReadonlyMap<ToldWebhook, readonly Decision[]>,
  paymentIntentId: string,
): Map<string, Omit<WebhookRow, 'applied'>> {
  return new Map(
    Array.from(decided, ([{ webhook }, own]) => {
      const row = {
        provider: webhook.provider,
        eventType: webhook.eventType,
        status: strongestOutcome(own.map(({ outcome }) => outcome)),
        paymentIntentId: own.length === 0 ? null : paymentIntentId,
        error: null,
      };
      return [webhook.webhookId, row];
    }),
  );
}

/** Whether the model's end of a payment differs from the simulator's, which does not use the model. */
export function contradictsEnd({ intent }: ExpectedLedger, { end }: PaymentHistory): boolean {
  return !isDeepStrictEqual({ status: intent.status, ...sumsIn(intent) }, end);
}
