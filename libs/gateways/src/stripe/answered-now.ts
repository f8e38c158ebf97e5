import type { Stripe } from 'stripe';
import { eventTime, type JsonObject, possibleReferenceAt } from '../webhook-body.js';
import { type AnsweredObject, answeredObject } from './answer.js';

/**
 * What a call answered with, as it is now. Under a key that it knows, Stripe answers as it did the first time,
 * whatever has happened since, and dates the answer anew: taken for news, it would overrule what webhooks told
 * meanwhile. So the object is read again. Where that fails, the answer is as old as the object, and overrules nothing.
 * Source: https://docs.stripe.com/api/idempotent_requests
 */
export async function answeredNow(
  stripe: Stripe,
  answered: Stripe.Response<Stripe.PaymentIntent | Stripe.Refund>,
): Promise<AnsweredObject> {
  const told = answeredObject(answered);
  if (!isReplay(answered.lastResponse.headers)) return told;
  return (await objectNow(stripe, told.object)) ?? { ...told, at: createdAt(told) };
}

/** Whether an answer was kept from the first time that its key was used. The SDK hands out headers in two shapes. */
export function isReplay(headers: Stripe.Response<unknown>['lastResponse']['headers'] | undefined): boolean {
  return new Headers(headers).get('idempotent-replayed') === 'true';
}

/** Null if it cannot be read now. */
export async function objectNow(stripe: Stripe, object: JsonObject): Promise<AnsweredObject | null> {
  const id = possibleReferenceAt(object, 'id');
  if (id === undefined) return null;
  try {
    const isRefund = object.object === 'refund';
    return answeredObject(
      isRefund ? await stripe.refunds.retrieve(id) : await stripe.paymentIntents.retrieve(id),
    );
  } catch {
    return null;
  }
}

function createdAt({ object, at }: AnsweredObject): number {
  return eventTime(object.created)?.getTime() ?? at;
}
