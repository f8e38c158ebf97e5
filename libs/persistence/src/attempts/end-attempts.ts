import type { Ending, GatewayProvider, IntentRowId } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { millisOf } from './attempt-row.js';
import { leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

const END = `
WITH ended AS (
  UPDATE gateway_attempts SET lease_token = NULL, state = $3, finished_at = clock_timestamp(), held_since = NULL,
    error_type = $4, error_code = $5, error_message = $6
  WHERE attempt_id = $1 AND lease_token = $2
  RETURNING finished_at
)
SELECT ${millisOf('finished_at')} AS now_ms FROM ended`;

const END_FOLLOWERS = `
UPDATE gateway_attempts SET lease_token = NULL, state = 'NOT_EXECUTED', finished_at = clock_timestamp(),
  held_since = NULL, error_type = 'NOT_SENT', error_code = 'LEG_ENDED',
  error_message = 'nothing can come of it: what it follows came to nothing'
WHERE payment_intent_id = $1 AND leg = $2 AND state = 'PENDING' AND operation NOT IN ('cancel', 'refund')`;

const OPEN_LEG = `
INSERT INTO intent_legs (payment_intent_id, leg, gateway_provider, payment_method_token)
VALUES ($1, $2, $3, $4)`;

/**
 * @returns when, in milliseconds since the epoch by the database's clock
 * @throws LeaseLostError if the lease is another's by now
 */
export async function endAttempt(
  em: EntityManager,
  lease: AttemptLease,
  { state, error }: Ending,
): Promise<number> {
  const said = [error?.type ?? null, error?.code ?? null, error?.message ?? null];
  const [row]: { now_ms: number }[] = await em.query(END, [lease.attemptId, lease.token, state, ...said]);
  if (row === undefined) throw leaseLost(lease);
  return row.now_ms;
}

/** Ends what was still to come on a leg and could lead to money on it. */
export async function endFollowers(
  em: EntityManager,
  { paymentIntentId, leg }: { readonly paymentIntentId: IntentRowId; readonly leg: number },
): Promise<void> {
  await em.query(END_FOLLOWERS, [paymentIntentId, leg]);
}

export interface OpenedLeg {
  readonly paymentIntentId: IntentRowId;
  readonly leg: number;
  readonly provider: GatewayProvider;
  readonly paymentMethodToken: string | null;
}

export async function openLegRow(em: EntityManager, opened: OpenedLeg): Promise<void> {
  const { paymentIntentId, leg, provider, paymentMethodToken } = opened;
  await em.query(OPEN_LEG, [paymentIntentId, leg, provider, paymentMethodToken]);
}
