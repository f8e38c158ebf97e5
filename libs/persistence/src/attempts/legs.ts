import { type EndingEffect, type IntentRowId, legOf } from '@payments/domain';
import type { EntityManager } from 'typeorm';

const END_FOLLOWERS = `
UPDATE gateway_attempts SET lease_token = NULL, state = 'NOT_EXECUTED', finished_at = clock_timestamp(),
  held_since = NULL, inquiry_error = NULL, error_type = 'GIVEN_UP', error_code = 'LEG_ENDED',
  error_message = 'nothing can come of it: what it follows came to nothing'
WHERE payment_intent_id = $1 AND leg = $2 AND state = 'PENDING' AND operation NOT IN ('cancel', 'refund')`;

const CLOSE_REQUESTS = `
UPDATE gateway_requests SET answered_at = now()
WHERE payment_intent_id = $1 AND leg = $2 AND answered_at IS NULL AND operation NOT IN ('cancel', 'refund')`;

const OPEN = `
INSERT INTO intent_legs (payment_intent_id, leg, gateway_provider, payment_method_token)
VALUES ($1, $2, $3, $4)`;

/**
 * Ends the pending attempts of a leg that could still lead to money on it, whether a worker has leased them or not.
 */
export async function closeLeg(
  em: EntityManager,
  { paymentIntentId, leg }: { readonly paymentIntentId: IntentRowId; readonly leg: number },
): Promise<void> {
  await em.query(END_FOLLOWERS, [paymentIntentId, leg]);
  await em.query(CLOSE_REQUESTS, [paymentIntentId, leg]);
}

/** Opens the leg with which an effect continues. */
export async function openLeg(em: EntityManager, { opened, payment }: EndingEffect): Promise<void> {
  if (opened === null) return;
  const { provider } = legOf(payment, opened.leg);
  await em.query(OPEN, [payment.intent.id, opened.leg, provider, opened.paymentMethodToken]);
}
