import Stripe from 'stripe';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { GatewayError } from '../client/gateway-error.js';
import { isJsonObject } from '../webhook-body.js';
import { answerOf } from './answer.js';
import { isReplay, objectNow } from './answered-now.js';

/**
 * A rejection with the payment intent in its present state. A repeated response (see `answeredNow`) still is the
 * outcome of the call, but the payment intent in it is as it was at the first one.
 */
export async function refusedNow(stripe: Stripe, refused: GatewayError): Promise<GatewayError> {
  const { cause } = refused;
  if (refused.answer === null || !(cause instanceof Stripe.errors.StripeError)) return refused;
  if (!isReplay(cause.headers)) return refused;
  const { type, failure, httpStatus, retryAfterMs } = refused;
  const answer = await intentNow(stripe, cause.payment_intent);
  return new GatewayError({ type, failure, httpStatus, retryAfterMs, answer, cause });
}

/** Null if it cannot be read: the rejection is complete without it. */
async function intentNow(stripe: Stripe, intent: unknown): Promise<GatewayAnswer | null> {
  const now = isJsonObject(intent) ? await objectNow(stripe, intent) : null;
  try {
    return now === null ? null : answerOf(now);
  } catch {
    return null;
  }
}
