import type {
  Attempt,
  AttemptError,
  AttemptId,
  AttemptState,
  CommandId,
  GatewayOperation,
  GatewayProvider,
  IntentId,
  IntentRowId,
  ReviewVerdict,
} from '@payments/domain';

/** A person's verdict as it is stored. */
export interface StoredVerdict {
  readonly verdict: ReviewVerdict;
  readonly objectId: string | null;
  readonly evidence: string;
  readonly by: string;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/** A row as `ATTEMPT_COLUMNS` selects it. Times in milliseconds since the epoch. */
export interface AttemptRow {
  readonly attempt_id: string;
  readonly command_id: string;
  readonly payment_intent_id: string;
  readonly intent_id: string;
  readonly leg: number;
  readonly operation: GatewayOperation;
  readonly gateway_provider: GatewayProvider;
  readonly amount: string | null;
  readonly is_of_creation: boolean;
  readonly asked_ms: number;
  readonly not_after_ms: number | null;
  readonly state: AttemptState;
  readonly sends: number;
  readonly retries: number;
  readonly key_round: number;
  readonly first_sent_ms: number | null;
  readonly last_sent_ms: number | null;
  readonly resends: number;
  readonly target_id: string | null;
  readonly held_ms: number | null;
  readonly unknown_ms: number | null;
  readonly inquiries: number;
  readonly not_found_ms: number | null;
  readonly needs_review_ms: number | null;
  readonly verdict: StoredVerdict | null;
  readonly error_type: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly inquiry_error: AttemptError | null;
}

export function millisOf(column: string): string {
  return `floor(extract(epoch FROM ${column}) * 1000)::float8`;
}

/** Of a table or alias `attempt`. */
export const ATTEMPT_COLUMNS = `
  attempt.attempt_id, attempt.command_id, attempt.payment_intent_id, attempt.intent_id, attempt.leg,
  attempt.operation, attempt.gateway_provider, attempt.amount, attempt.is_of_creation,
  ${millisOf('attempt.asked_at')} AS asked_ms, ${millisOf('attempt.not_after')} AS not_after_ms, attempt.state,
  attempt.sends, attempt.retries, attempt.key_round, ${millisOf('attempt.first_sent_at')} AS first_sent_ms,
  ${millisOf('attempt.last_sent_at')} AS last_sent_ms, attempt.resends, attempt.target_id,
  ${millisOf('attempt.held_since')} AS held_ms, ${millisOf('attempt.unknown_since')} AS unknown_ms,
  attempt.inquiries, ${millisOf('attempt.not_found_since')} AS not_found_ms,
  ${millisOf('attempt.needs_review_since')} AS needs_review_ms, attempt.verdict, attempt.error_type,
  attempt.error_code, attempt.error_message, attempt.inquiry_error`;

export function attemptOf(row: AttemptRow): Attempt {
  return {
    attemptId: row.attempt_id as AttemptId,
    commandId: row.command_id as CommandId,
    paymentIntentId: row.payment_intent_id as IntentRowId,
    intentId: row.intent_id as IntentId,
    leg: row.leg,
    operation: row.operation,
    provider: row.gateway_provider,
    amount: row.amount === null ? null : BigInt(row.amount),
    isOfCreation: row.is_of_creation,
    askedAt: row.asked_ms,
    notAfter: row.not_after_ms,
    state: row.state,
    sends: row.sends,
    retries: row.retries,
    keyRound: row.key_round,
    firstSentAt: row.first_sent_ms,
    lastSentAt: row.last_sent_ms,
    resends: row.resends,
    targetId: row.target_id,
    heldSince: row.held_ms,
    unknownSince: row.unknown_ms,
    inquiries: row.inquiries,
    notFoundSince: row.not_found_ms,
    needsReviewSince: row.needs_review_ms,
    verdict: row.verdict?.verdict === 'executed' ? { objectId: row.verdict.objectId } : null,
    lastError:
      row.error_type === null
        ? null
        : { type: row.error_type, code: row.error_code ?? '', message: row.error_message },
    inquiryError: row.inquiry_error,
  };
}
