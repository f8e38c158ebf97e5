import type { Fact } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { requiredReference } from '../fact-parts.js';
import { arrayAt, eventTime, isJsonObject, objectAt, objectIds } from '../webhook-body.js';
import type { AnsweredResource } from './answered-resource.js';
import { paypalFacts } from './facts.js';
import { type PayPalReading, readPayPalResource } from './resource.js';

/** Entity of each list of payments in a purchase unit, in the order in which they come about. */
const PARTS = {
  authorizations: 'authorization',
  captures: 'capture',
  refunds: 'refund',
} as const;
export type PartName = keyof typeof PARTS;

/** An authorization, capture or refund, and the order that it belongs to. */
export interface OrderPart extends AnsweredResource {
  readonly name: PartName;
  readonly orderId: string;
}

/**
 * An answer about an order and all its payments, with the same facts as webhooks about each.
 *
 * @throws WebhookError `unreadable`, naming the field that cannot be used
 */
export function answerOfOrder(order: AnsweredResource): GatewayAnswer {
  const reading = readOrder(order);
  const parts = partsOf(order).map(readPart);
  const facts = [paypalFacts(reading, 'order'), ...parts.map((part) => part.facts)];
  return {
    ...answer(orderIdOf(order), facts.flat(), ...parts.flatMap((part) => part.reading.objectIds)),
    ...(reading.intentId === undefined ? {} : { intentId: reading.intentId }),
  };
}

/** The answer about an order, extended by the facts of a dispute over it. @throws as `answerOfOrder` */
export function answerOfDispute({ resource, at }: AnsweredResource, order: GatewayAnswer): GatewayAnswer {
  const reading = readPayPalResource(resource, { time: new Date(at) });
  const facts = [...order.facts, ...paypalFacts(reading, 'dispute')];
  return { ...order, ...answer(order.gatewayObjectId, facts, ...reading.objectIds, ...order.objectIds) };
}

/** An answer about one part of an order. @throws as `answerOfOrder` */
export function answerOfPart(part: OrderPart): GatewayAnswer {
  const { facts, reading } = readPart(part);
  return answer(part.orderId, facts, ...reading.objectIds);
}

/** Every authorization, capture and refund of an order. @throws WebhookError `unreadable` if the order has no id */
export function partsOf(order: AnsweredResource): OrderPart[] {
  const orderId = orderIdOf(order);
  const units = arrayAt(order.resource, 'purchase_units').filter(isJsonObject);
  return (Object.keys(PARTS) as PartName[]).flatMap((name) =>
    units
      .flatMap((unit) => arrayAt(objectAt(unit, 'payments'), name))
      .filter(isJsonObject)
      .map((resource) => ({ name, orderId, resource, at: order.at })),
  );
}

function orderIdOf({ resource }: AnsweredResource): string {
  return requiredReference('id', resource, 'id');
}

function answer(orderId: string, facts: readonly Fact[], ...ids: readonly string[]): GatewayAnswer {
  const others = objectIds(...ids).filter((id) => id !== orderId);
  return { gatewayObjectId: orderId, objectIds: others, facts };
}

function readOrder({ resource, at }: AnsweredResource): PayPalReading {
  // Used until the order has an `update_time`: the response's time would make an untouched order look like news.
  const time = eventTime(resource.create_time) ?? new Date(at);
  return readPayPalResource(resource, { isOrder: true, time });
}

function readPart({ name, resource, orderId, at }: OrderPart): {
  readonly facts: readonly Fact[];
  readonly reading: PayPalReading;
} {
  const reading = readPayPalResource(resource, { orderId, time: new Date(at) });
  return { reading, facts: paypalFacts(reading, PARTS[name]) };
}
