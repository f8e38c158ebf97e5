import type { GatewayProvider } from '@payments/domain';
import type { DataSource } from 'typeorm';
import { readRows } from '../reads/read-rows.js';
import { INTENT_OF_KEY } from '../reads/stored-intent.js';
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf, millisOf } from './attempt-row.js';
import type { StoredAttempt } from './read-attempts.js';

/** An attempt with an unknown outcome, with the order and amount of its payment. */
export interface UnknownOutcome extends StoredAttempt {
  readonly orderId: string;
  /** Null if the intent is archived. */
  readonly currency: string | null;
  /**
   * The payment's total in minor units; `amount` is the attempt's, where it has one. Null if the intent is archived.
   */
  readonly intentAmount: bigint | null;
}

/** A position in the list: the last entry before it. */
export type UnknownOutcomePlace = Pick<StoredAttempt, 'unknownSince' | 'attemptId'>;

export interface UnknownOutcomeFilter {
  readonly provider?: GatewayProvider | undefined;
  /** Includes those that are still being resolved automatically. */
  readonly beforeReviewToo?: boolean;
  readonly after?: UnknownOutcomePlace | undefined;
  readonly countMax: number;
}

type Row = AttemptRow & {
  readonly due_ms: number;
  readonly order_id: string;
  readonly currency: string | null;
  readonly intent_amount: string | null;
};

const UNKNOWN = {
  name: 'read_unknown_outcomes',
  text: `SELECT ${ATTEMPT_COLUMNS}, ${millisOf('attempt.due_at')} AS due_ms, key.order_id, intent.currency,
      intent.amount AS intent_amount
    FROM gateway_attempts attempt JOIN payment_intent_keys key USING (payment_intent_id) LEFT JOIN LATERAL (
      SELECT intent.currency, intent.amount FROM (SELECT attempt.payment_intent_id) key ${INTENT_OF_KEY} OFFSET 0
    ) intent ON true
    WHERE attempt.state = 'UNKNOWN' AND ($1::text IS NULL OR attempt.gateway_provider = $1)
      AND ($2::boolean OR attempt.needs_review_since IS NOT NULL)
      AND ($3::float8 IS NULL OR (${millisOf('attempt.unknown_since')}, attempt.attempt_id) > ($3, $4::uuid))
    ORDER BY unknown_ms, attempt.attempt_id LIMIT $5`,
};

/** Outcomes that wait for a person, longest unknown first. */
export async function readUnknownOutcomes(
  source: DataSource,
  { provider, beforeReviewToo = false, after, countMax }: UnknownOutcomeFilter,
): Promise<UnknownOutcome[]> {
  const place = [after?.unknownSince ?? null, after?.attemptId ?? null];
  const values = [provider ?? null, beforeReviewToo, ...place, countMax];
  const rows = await readRows<Row>(source, UNKNOWN, values);
  return rows.map((row) => ({
    ...attemptOf(row),
    verdict: row.verdict,
    dueAt: row.due_ms,
    finishedAt: null,
    orderId: row.order_id,
    currency: row.currency,
    intentAmount: row.intent_amount === null ? null : BigInt(row.intent_amount),
  }));
}
