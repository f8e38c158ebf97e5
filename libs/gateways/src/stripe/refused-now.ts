import Stripe from 'stripe';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { GatewayError } from '../client/gateway-error.js';
import { isJsonObject } from '../webhook-body.js';
import { answerOf } from './answer.js';
import { isReplay, objectNow } from './answered-now.js';

/**
 * A refusal with the payment intent as it is now. One that Stripe kept from the first time that its key was used still
 * is what became of the call, but the intent beside it is as it was then: see `answeredNow`.
 */
export async function refusedNow(stripe: Stripe, refused: GatewayError): Promise<GatewayError> {
  const { cause, type, failure, httpStatus, retryAfterMs } = refused;
  if (refused.answer === null || !(cause instanceof Stripe.errors.StripeError)) return refused;
  if (!isReplay(cause.headers)) return refused;
  const answer = await intentNow(stripe, cause.payment_intent);
  return new GatewayError({
    type,
    failure,
    cause,
    ...(httpStatus === null ? {} : { httpStatus }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(answer === null ? {} : { answer }),
  });
}

/** Null if it cannot be had now: the refusal stands without it. */
async function intentNow(stripe: Stripe, intent: unknown): Promise<GatewayAnswer | null> {
  const now = isJsonObject(intent) ? await objectNow(stripe, intent) : null;
  try {
    return now === null ? null : answerOf(now);
  } catch {
    return null;
  }
}
