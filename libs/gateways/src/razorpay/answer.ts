import type { JsonValue } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { requiredReference } from '../fact-parts.js';
import { eventTime, type JsonObject, objectIds } from '../webhook-body.js';
import type { AnsweredEntity } from './api.js';
import { type RazorpayEntity, readRazorpayEntities } from './entities.js';
import { razorpayFacts } from './facts.js';

/** What is told of a payment or refund: by itself, and what stands beside it. */
export interface Told extends AnsweredEntity {
  readonly name: Exclude<RazorpayEntity, 'order' | 'dispute'>;
  /** Of a refund: what it is of. */
  readonly payment?: JsonObject;
}

/**
 * An order, as a fact: as long as nobody has tried to pay it, that its checkout can be opened.
 * @throws WebhookError `unreadable`, naming the field that cannot be used
 */
export function answerOfOrder({ entity, at }: AnsweredEntity, checkout: JsonValue): GatewayAnswer {
  // Until then its own time is that of its creation: it is not news of this moment.
  const time = eventTime(entity.created_at) ?? new Date(at);
  const reading = readRazorpayEntities({ order: entity }, time, checkout);
  const orderId = requiredReference('order.id', entity, 'id');
  return { gatewayObjectId: orderId, objectIds: [], facts: razorpayFacts(reading, 'order') };
}

/** Payments and refunds of one order, as facts: the same as webhooks about each. @throws as `answerOfOrder` */
export function answerOfParts(orderId: string, ...parts: readonly Told[]): GatewayAnswer {
  const told = parts.map(({ name, entity, payment = {}, at }) => {
    const entities = { order: { id: orderId }, payment, [name]: entity };
    return { name, reading: readRazorpayEntities(entities, new Date(at)) };
  });
  const ids = objectIds(...told.flatMap(({ reading }) => reading.objectIds));
  return {
    gatewayObjectId: orderId,
    objectIds: ids.filter((id) => id !== orderId),
    facts: told.flatMap(({ name, reading }) => razorpayFacts(reading, name)),
  };
}
