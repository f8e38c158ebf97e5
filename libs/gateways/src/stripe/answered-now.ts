import type { Stripe } from 'stripe';
import { eventTime, type JsonObject, possibleReferenceAt } from '../webhook-body.js';
import { type AnsweredObject, answeredObject } from './answer.js';

/**
 * The object of a response in its present state. For a key that it knows, Stripe repeats its first response, whatever
 * has happened since, under a new date: with that date, the old state would overrule webhooks that came meanwhile. So
 * the object is read again. If that fails, the response counts as old as the object, and overrules nothing.
 *
 * Source: https://docs.stripe.com/api/idempotent_requests
 */
export async function answeredNow(
  stripe: Stripe,
  answered: Stripe.Response<Stripe.PaymentIntent | Stripe.Refund>,
): Promise<AnsweredObject> {
  const first = answeredObject(answered);
  if (!isReplay(answered.lastResponse.headers)) return first;
  return (await objectNow(stripe, first.object)) ?? { ...first, at: createdAt(first) };
}

/** Whether a response repeats the first one under its key. The SDK returns headers in two shapes. */
export function isReplay(headers: Stripe.Response<unknown>['lastResponse']['headers'] | undefined): boolean {
  return new Headers(headers).get('idempotent-replayed') === 'true';
}

/** Reads an object again; null if that fails. */
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
