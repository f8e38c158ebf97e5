import { type AttemptId, attemptIdOf, type CommandId, type GatewayOperation, uuidv7 } from '@payments/domain';
import { insertAttempts } from '../attempts/insert-attempts.js';
import { insertGatewayRequests } from '../commands/gateway-requests.js';
import type { Database } from '../database.js';
import type { CreatedPayment } from '../payments/create-payments.js';

export interface UnknownAttempt {
  readonly operation: GatewayOperation;
  /** In minor units; null where the operation has none. */
  readonly amount: bigint | null;
  /** When it was sent; once, without an answer. */
  readonly sentAt: Date;
  readonly needsReviewSince: Date | null;
}

const BECOME_UNKNOWN = `
UPDATE gateway_attempts SET state = 'UNKNOWN', sends = 1, first_sent_at = $2, last_sent_at = $2, unknown_since = $2,
  needs_review_since = $3, error_type = 'UNKNOWN_OUTCOME', error_code = 'timeout', error_message = 'no answer'
WHERE attempt_id = $1`;

/**
 * Makes an attempt at Stripe on a payment's first leg that was sent without an answer. By default a confirmation of
 * two days ago that waits for a person.
 */
export async function makeUnknownAttempt(
  database: Database,
  { id: paymentIntentId, intentId }: Pick<CreatedPayment, 'id' | 'intentId'>,
  over: Partial<UnknownAttempt> = {},
): Promise<AttemptId> {
  const { operation = 'confirm', amount = null, needsReviewSince = new Date(Date.now() - 86_400_000) } = over;
  const { sentAt = new Date(Date.now() - 2 * 86_400_000) } = over;
  const commandId = uuidv7() as string as CommandId;
  const asked = { leg: 1, operation, provider: 'stripe', amount } as const;
  const requestedAt = sentAt.getTime();
  await database.transaction(async (em) => {
    const call = { ...asked, details: {} };
    await insertGatewayRequests(em, [{ commandId, paymentIntentId, requestedAt, notAfter: null, call }]);
    const attempt = { commandId, paymentIntentId, intentId, askedAt: requestedAt, notAfter: null };
    await insertAttempts(em, [{ ...attempt, ...asked }]);
    await em.query(BECOME_UNKNOWN, [attemptIdOf(commandId, 1, operation), sentAt, needsReviewSince]);
  });
  return attemptIdOf(commandId, 1, operation);
}
