import type { Fact } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { requiredReference } from '../fact-parts.js';
import { arrayAt, eventTime, isJsonObject, objectAt, objectIds } from '../webhook-body.js';
import type { AnsweredResource } from './answered-resource.js';
import { paypalFacts } from './facts.js';
import { type PayPalReading, readPayPalResource } from './resource.js';

/** What an order's payments are, as its purchase units list them, in the order in which they come about. */
const PARTS = {
  authorizations: 'authorization',
  captures: 'capture',
  refunds: 'refund',
} as const;
export type PartName = keyof typeof PARTS;

/** What is part of an order and moves money, and the order that it is part of. */
export interface OrderPart extends AnsweredResource {
  readonly name: PartName;
  readonly orderId: string;
}

/**
 * An order with everything under it, as facts: the same as webhooks about each.
 * @throws WebhookError `unreadable`, naming the field that cannot be used
 */
export function answerOfOrder(order: AnsweredResource): GatewayAnswer {
  const reading = readOrder(order);
  const parts = partsOf(order).map(readPart);
  const told = [paypalFacts(reading, 'order'), ...parts.map(({ facts }) => facts)];
  return {
    ...answer(orderIdOf(order), told.flat(), ...parts.flatMap((part) => part.reading.objectIds)),
    ...(reading.intentId === undefined ? {} : { intentId: reading.intentId }),
  };
}

/** A dispute, as facts, beside what is told of the order that it is about. @throws as `answerOfOrder` */
export function answerOfDispute({ resource, at }: AnsweredResource, order: GatewayAnswer): GatewayAnswer {
  const reading = readPayPalResource(resource, { time: new Date(at) });
  const facts = [...order.facts, ...paypalFacts(reading, 'dispute')];
  return { ...order, ...answer(order.gatewayObjectId, facts, ...reading.objectIds, ...order.objectIds) };
}

/** One part of an order, as facts. @throws as `answerOfOrder` */
export function answerOfPart(part: OrderPart): GatewayAnswer {
  const { facts, reading } = readPart(part);
  return answer(part.orderId, facts, ...reading.objectIds);
}

/** @throws WebhookError `unreadable` if one is no JSON object */
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
  // Until the payer did something, an order's own time is that of its creation: it is not news of this moment.
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
