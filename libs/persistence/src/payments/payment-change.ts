import type { FoldedDecisions, Payment, TransactionKey } from '@payments/domain';
import type { OutboxHeaders } from '../outbox/append-outbox.js';
import type { LoadedPayment } from './load-payments.js';
import type { ReportSource } from './report.js';

/** A payment as loaded, and the decided changes. */
export interface PaymentChange {
  readonly before: LoadedPayment;
  readonly folded: FoldedDecisions;
  /** The first reporter of each new transaction. */
  readonly sources: ReadonlyMap<TransactionKey, ReportSource>;
  /** Of its events, by their versions: the headers of what brought each about. */
  readonly headers: ReadonlyMap<number, OutboxHeaders>;
}

/** The gateway's object of the current leg, as `payment_intents.gateway_intent_id` keeps it. */
export function currentObjectId({ intent, legs }: Payment): string | null {
  return legs.find(({ leg }) => leg === intent.currentLeg)?.gatewayObjectId ?? null;
}
