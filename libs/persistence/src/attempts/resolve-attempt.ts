import { ATTEMPT_POLICY, type JsonValue } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { appendAudit } from '../audit/audit-log.js';
import { VerdictRefusedError } from './errors.js';
import { type GivenVerdict, giveVerdict } from './give-verdict.js';
import { readAttempt, type StoredAttempt } from './read-attempts.js';
import type { Settled } from './settle.js';

export interface ResolvedAttempt {
  readonly before: StoredAttempt;
  readonly after: StoredAttempt;
  /** Null if the gateway's worker continues: it fetches the facts of what was executed. */
  readonly settled: Settled | null;
}

/**
 * For this long after it was last sent, a call may still be executed, so nobody can know that it was not. It may have
 * been resent moments ago, however long it has waited for a person.
 */
const { quietMs: QUIET_MS } = ATTEMPT_POLICY;

/**
 * Applies a person's verdict on an unknown outcome, and records who gave it, on what evidence.
 *
 * @throws VerdictRefusedError, with the reason in words, if there is nothing to decide, or not yet
 */
export async function resolveAttempt(em: EntityManager, given: GivenVerdict): Promise<ResolvedAttempt> {
  const before = await readAttempt(em, given.attemptId);
  if (before === undefined) throw new VerdictRefusedError(`there is no attempt ${given.attemptId}`);
  const settled = await giveVerdict(em, given);
  // giveVerdict has locked it, so it cannot have been resent since.
  const after = (await readAttempt(em, given.attemptId)) ?? before;
  if (given.verdict === 'not-executed') await requireQuiet(em, after);
  await appendAudit(em, {
    by: given.by,
    reason: given.evidence,
    action: 'review.resolve',
    subject: `attempt:${given.attemptId}`,
    before: auditedOf(before),
    after: auditedOf(after),
  });
  return { before, after, settled };
}

async function requireQuiet(em: EntityManager, { attemptId, lastSentAt }: StoredAttempt) {
  if (lastSentAt === null) return;
  const [{ now_ms: now }] = await em.query('SELECT (extract(epoch FROM now()) * 1000)::float8 AS now_ms');
  const leftMs = lastSentAt + QUIET_MS - now;
  if (leftMs <= 0) return;
  throw new VerdictRefusedError(
    `attempt ${attemptId} was sent less than ${QUIET_MS / 60_000} minutes ago and may still be carried out: ` +
      `look again in ${Math.ceil(leftMs / 1_000)} s`,
  );
}

function auditedOf({ state, verdict, intentId }: StoredAttempt): JsonValue {
  return { state, intentId, verdict: verdict?.verdict ?? null, objectId: verdict?.objectId ?? null };
}
