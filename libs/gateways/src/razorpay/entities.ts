import type { JsonValue } from '@payments/domain';
import { type JsonObject, objectIds, possibleReferenceAt } from '../webhook-body.js';

export type RazorpayEntity = 'order' | 'payment' | 'refund' | 'dispute';

/** What was told together; empty where it was not told of. */
export type RazorpayEntities = Readonly<Record<RazorpayEntity, JsonObject>>;

/** Entities of Razorpay's API, wherever they were found: in an event, in an answer. */
export interface RazorpayReading {
  readonly entities: RazorpayEntities;
  /** When they were so; entities have no time but that of their creation. */
  readonly time: Date | null;
  /** Every id that they name, the most particular first. */
  readonly objectIds: readonly string[];
  /** What the customer's checkout of the order is opened with, as far as it is known here. */
  readonly checkout?: JsonValue;
}

export function readRazorpayEntities(
  told: Partial<RazorpayEntities>,
  time: Date | null,
  checkout: JsonValue = null,
): RazorpayReading {
  const entities = { order: {}, payment: {}, refund: {}, dispute: {}, ...told };
  return { entities, time, objectIds: idsIn(entities), checkout };
}

function idsIn({ payment, order, refund, dispute }: RazorpayEntities): string[] {
  return objectIds(
    possibleReferenceAt(dispute, 'id'),
    possibleReferenceAt(refund, 'id'),
    possibleReferenceAt(payment, 'id'),
    possibleReferenceAt(refund, 'payment_id'),
    possibleReferenceAt(dispute, 'payment_id'),
    possibleReferenceAt(payment, 'order_id'),
    possibleReferenceAt(order, 'id'),
  );
}
