import type { Stripe } from 'stripe';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { responseTimeOf } from '../client/response-headers.js';
import { isJsonObject, type JsonObject, possibleReferenceAt } from '../webhook-body.js';
import { unreadable } from '../webhook-error.js';
import { type StripeEntity, stripeObjectIds } from './events.js';
import { STRIPE_STATES, stripeFactsOf } from './facts.js';

/** An object of a response, and the response's time in milliseconds since the epoch. */
export interface AnsweredObject {
  readonly object: JsonObject;
  readonly at: number;
}

type Answered = Stripe.PaymentIntent | Stripe.Charge | Stripe.Refund | Stripe.Dispute;

/** The object of a response as untyped JSON: nothing checks the SDK's types at run time. */
export function answeredObject(answered: Stripe.Response<Answered>): AnsweredObject {
  return { object: answered as unknown as JsonObject, at: timeOf(answered) };
}

export function answeredList(
  list: Stripe.Response<{ readonly data: readonly Answered[] }>,
): AnsweredObject[] {
  const at = timeOf(list);
  return list.data.map((object) => ({ object: object as unknown as JsonObject, at }));
}

/** With its fetch client the SDK returns `Headers`, contrary to its types. */
function timeOf({ lastResponse }: Stripe.Response<unknown>): number {
  return responseTimeOf(new Headers(lastResponse.headers).get('date') ?? undefined);
}

/**
 * An answer about objects of one payment, with the same facts as webhooks about them.
 *
 * @throws WebhookError `unreadable`, naming the field that cannot be used
 */
export function answerOf(first: AnsweredObject, ...others: readonly AnsweredObject[]): GatewayAnswer {
  const all = [first, ...others];
  const gatewayObjectId = paymentIntentOf(first.object);
  const ids = new Set(all.flatMap(({ object }) => stripeObjectIds(object)));
  ids.delete(gatewayObjectId);
  return {
    gatewayObjectId,
    objectIds: [...ids],
    facts: all.flatMap(factsOf),
  };
}

/** The payment intent that an object is, or belongs to. @throws WebhookError `unreadable` */
function paymentIntentOf(object: JsonObject): string {
  const id = possibleReferenceAt(object, object.object === 'payment_intent' ? 'id' : 'payment_intent');
  if (id === undefined) throw unreadable('the answer names no payment intent');
  return id;
}

function factsOf({ object, at }: AnsweredObject) {
  const entity = entityOf(object);
  return stripeFactsOf({ object, entity, path: entity, hasFailed: false, occurredAt: () => at });
}

function entityOf({ object }: JsonObject): StripeEntity {
  if (typeof object === 'string' && Object.hasOwn(STRIPE_STATES, object)) return object as StripeEntity;
  throw unreadable('the answer is about nothing that we asked for');
}

/** The payment intent in an error response, if there is one and it can be read. */
export function answerWithError(error: Stripe.errors.StripeError): GatewayAnswer | undefined {
  const object: unknown = error.payment_intent;
  if (!isJsonObject(object)) return undefined;
  try {
    return answerOf({ object, at: responseTimeOf(error.headers?.date) });
  } catch {
    // The error is complete without it.
    return undefined;
  }
}
