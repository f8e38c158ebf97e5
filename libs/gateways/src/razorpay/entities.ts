import type { JsonValue } from '@payments/domain';
import { EMPTY_OBJECT, type JsonObject, objectIds, possibleReferenceAt } from '../webhook-body.js';

export type RazorpayEntity = 'order' | 'payment' | 'refund' | 'dispute';

/** The entities of an event or response; empty objects for those that it lacks. */
export type RazorpayEntities = Readonly<Record<RazorpayEntity, JsonObject>>;

/** Entities of Razorpay's API, from an event or from a response. */
export interface RazorpayReading {
  readonly entities: RazorpayEntities;
  /** Time of the event or response: entities have no time but that of their creation. */
  readonly time: Date | null;
  /** Every id in them, the most specific first. */
  readonly objectIds: readonly string[];
  /** Parameters of the order's checkout, if known. */
  readonly checkout?: JsonValue;
}

const NO_ENTITIES: RazorpayEntities = {
  order: EMPTY_OBJECT,
  payment: EMPTY_OBJECT,
  refund: EMPTY_OBJECT,
  dispute: EMPTY_OBJECT,
};

export function readRazorpayEntities(
  present: Partial<RazorpayEntities>,
  time: Date | null,
  checkout: JsonValue = null,
): RazorpayReading {
  const entities = { ...NO_ENTITIES, ...present };
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
