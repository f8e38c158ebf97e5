import type { Attempt, AttemptId, GatewayProvider, IntentId } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf, millisOf, type StoredVerdict } from './attempt-row.js';

/** An attempt as stored. Times in milliseconds since the epoch. */
export interface StoredAttempt extends Omit<Attempt, 'verdict'> {
  /** When it is processed next, or when its lease expires. */
  readonly dueAt: number;
  readonly finishedAt: number | null;
  /** A person's verdict. */
  readonly verdict: StoredVerdict | null;
}

/** Unknown outcomes at one gateway. */
export interface UnknownOutcomes {
  readonly provider: GatewayProvider;
  readonly count: number;
  /** How many of them wait for a person. */
  readonly inReview: number;
  /** Of the oldest one. */
  readonly ageMs: number;
}

type Row = AttemptRow & { readonly due_ms: number; readonly finished_ms: number | null };

const SELECT = `
SELECT ${ATTEMPT_COLUMNS}, ${millisOf('attempt.due_at')} AS due_ms,
  ${millisOf('attempt.finished_at')} AS finished_ms
FROM gateway_attempts attempt`;

const ONE = `${SELECT} WHERE attempt.attempt_id = $1`;

const OF_INTENT = `${SELECT} JOIN payment_intent_keys key USING (payment_intent_id)
WHERE key.intent_id = $1 ORDER BY attempt.sequence`;

const COUNT_UNKNOWN = `
SELECT gateway_provider AS provider, count(*)::int AS count, count(needs_review_since)::int AS "inReview",
  ${millisOf('now() - min(unknown_since)')} AS "ageMs"
FROM gateway_attempts WHERE state = 'UNKNOWN' GROUP BY gateway_provider`;

type Source = Pick<EntityManager, 'query'>;

/** Undefined if there is none. */
export async function readAttempt(source: Source, attemptId: AttemptId): Promise<StoredAttempt | undefined> {
  const [row]: Row[] = await source.query(ONE, [attemptId]);
  return row === undefined ? undefined : storedOf(row);
}

/** All attempts of an intent, in the order in which they were requested. */
export async function readAttemptsOf(source: Source, intentId: IntentId): Promise<StoredAttempt[]> {
  const rows: Row[] = await source.query(OF_INTENT, [intentId]);
  return rows.map(storedOf);
}

/** One entry per gateway with unknown outcomes. */
export async function countUnknownAttempts(source: Source): Promise<UnknownOutcomes[]> {
  return source.query(COUNT_UNKNOWN);
}

function storedOf(row: Row): StoredAttempt {
  return { ...attemptOf(row), verdict: row.verdict, dueAt: row.due_ms, finishedAt: row.finished_ms };
}
