import { randomUUID } from 'node:crypto';
import type { AttemptId, Ending, GatewayOperation, ReviewVerdict } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { loadPaymentsForUpdate } from '../payments/load-payments.js';
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf } from './attempt-row.js';
import { VerdictRefusedError } from './errors.js';
import type { LeasedAttempt } from './lease-attempts.js';
import { readAttempt, type StoredAttempt } from './read-attempts.js';
import { requireOwnObject } from './require-own-object.js';
import { type Settled, settle } from './settle.js';

/** A person's finding about an attempt with an unknown outcome. */
export interface GivenVerdict {
  readonly attemptId: AttemptId;
  readonly verdict: ReviewVerdict;
  /** Where they looked, and what they saw. */
  readonly evidence: string;
  /** The gateway's object that proves it: required for an executed creation or refund. */
  readonly objectId: string | null;
  /** Who gives the verdict. */
  readonly by: string;
}

// A current lease is revoked: the verdict is newer.
const TAKE = `
WITH taken AS (
  UPDATE gateway_attempts attempt SET due_at = now(), lease_token = $2, inquiry_error = NULL,
    verdict = jsonb_build_object('verdict', $3::text, 'objectId', $4::text, 'evidence', $5::text, 'by', $6::text,
      'at', floor(extract(epoch FROM now()) * 1000))
  WHERE attempt_id = $1 AND state = 'UNKNOWN'
  RETURNING ${ATTEMPT_COLUMNS}
)
SELECT * FROM taken`;

const NOT_EXECUTED: Ending = {
  state: 'NOT_EXECUTED',
  error: {
    type: 'REVIEW',
    code: 'NOT_EXECUTED',
    message: 'its outcome was unknown, and a person found that it was not carried out',
  },
  isPointless: false,
  failOver: null,
};

/** Operations whose objects cannot be found from our data while the outcome is unknown. */
const NEEDS_OBJECT: readonly GatewayOperation[] = ['create', 'refund'];

/**
 * Stores a verdict. `not-executed` ends the attempt, with an event of the intent; `executed` makes it due at once:
 * its worker fetches the facts, and ends it only if they confirm the verdict.
 *
 * @returns null if the worker continues
 * @throws VerdictRefusedError, with the reason in words, if there is nothing to decide, or the object belongs to
 * another attempt
 */
export async function giveVerdict(em: EntityManager, given: GivenVerdict): Promise<Settled | null> {
  const { attemptId, verdict, evidence, objectId, by } = given;
  const stored = await readAttempt(em, attemptId);
  if (stored === undefined) throw new VerdictRefusedError(`there is no attempt ${attemptId}`);
  if (stored.state !== 'UNKNOWN') throw nothingToDecide(stored);
  if (verdict === 'executed' && objectId === null && NEEDS_OBJECT.includes(stored.operation)) {
    throw new VerdictRefusedError(
      `add --object <id>: the ${stored.operation}'s object at the gateway is not known here`,
    );
  }
  const payments = await loadPaymentsForUpdate(em, [stored.paymentIntentId]);
  if (!payments.has(stored.paymentIntentId)) {
    throw new VerdictRefusedError(
      `the intent of attempt ${attemptId} is archived: attach its partitions again first`,
    );
  }
  if (verdict === 'executed' && objectId !== null) await requireOwnObject(em, stored, objectId);
  const token = verdict === 'executed' ? null : randomUUID();
  const values = [attemptId, token, verdict, objectId, evidence, by];
  const [row]: AttemptRow[] = await em.query(TAKE, values);
  // It has ended, or was sent again, since it was read.
  if (row === undefined) throw nothingToDecide((await readAttempt(em, attemptId)) ?? stored);
  if (token === null) return null;
  const attempt = attemptOf(row);
  const taken: LeasedAttempt = {
    lease: { attemptId, paymentIntentId: attempt.paymentIntentId, token },
    attempt,
  };
  return settle(em, taken, NOT_EXECUTED);
}

function nothingToDecide({ attemptId, state }: StoredAttempt): VerdictRefusedError {
  return new VerdictRefusedError(`attempt ${attemptId} is ${state}: only UNKNOWN ones are decided`);
}
