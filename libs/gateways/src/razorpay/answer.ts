import type { JsonValue } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { requiredReference } from '../fact-parts.js';
import { eventTime, type JsonObject, objectIds } from '../webhook-body.js';
import type { AnsweredEntity } from './api.js';
import { type RazorpayEntity, readRazorpayEntities } from './entities.js';
import { razorpayFacts } from './facts.js';

/** A payment or refund of an order. */
export interface OrderPart extends AnsweredEntity {
  readonly name: Exclude<RazorpayEntity, 'order' | 'dispute'>;
  /** The payment of a refund, if known. */
  readonly payment?: JsonObject;
}

/**
 * An answer about an order. Its fact, until somebody tries to pay the order, is that the checkout can be opened.
 *
 * @throws WebhookError `unreadable`, naming the field that cannot be used
 */
export function answerOfOrder({ entity, at }: AnsweredEntity, checkout: JsonValue): GatewayAnswer {
  // An untouched order is as old as its creation; the response's time would make it look like news.
  const time = eventTime(entity.created_at) ?? new Date(at);
  const reading = readRazorpayEntities({ order: entity }, time, checkout);
  const orderId = requiredReference('order.id', entity, 'id');
  return { gatewayObjectId: orderId, objectIds: [], facts: razorpayFacts(reading, 'order') };
}

/** An answer about parts of an order, with the same facts as webhooks about each. @throws as `answerOfOrder` */
export function answerOfParts(orderId: string, ...parts: readonly OrderPart[]): GatewayAnswer {
  const readings = parts.map(({ name, entity, payment = {}, at }) => {
    const entities = { order: { id: orderId }, payment, [name]: entity };
    return { name, reading: readRazorpayEntities(entities, new Date(at)) };
  });
  const ids = objectIds(...readings.flatMap(({ reading }) => reading.objectIds));
  return {
    gatewayObjectId: orderId,
    objectIds: ids.filter((id) => id !== orderId),
    facts: readings.flatMap(({ name, reading }) => razorpayFacts(reading, name)),
  };
}
