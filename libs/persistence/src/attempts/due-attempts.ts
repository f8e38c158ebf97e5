const DUE = `
  SELECT attempt_id, payment_intent_id, leg, sequence,
    state = 'PENDING' AND NOT is_of_creation AND coalesce(not_after <= now(), false) AS is_over
  FROM gateway_attempts
  WHERE gateway_provider = $1 AND due_at <= now() AND state IN ('PENDING', 'SENT', 'UNKNOWN')`;

const taken = (order: string): string => `ORDER BY ${order} LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`;

/** Due attempts of gateway `$1`, at most `$2`, locked; those locked by others are skipped. */
export const DUE_ATTEMPTS = `${DUE} ${taken('due_at')}`;

/**
 * Attempts that are leased even while the gateway is not called, since they need no call: those that can fail over,
 * those whose worker died during a call, and those that ran out of time: not sent by their `notAfter`, or unknown for
 * `$4` milliseconds without a review.
 */
export const DUE_WITHOUT_CALLS = `
  SELECT * FROM (${DUE} AND (has_fallback OR state = 'SENT') ${taken('due_at')}) AS elsewhere
  UNION SELECT * FROM (${DUE} AND state = 'PENDING' AND not_after <= now() ${taken('not_after')}) AS over
  UNION SELECT * FROM (${DUE} AND state = 'UNKNOWN' AND needs_review_since IS NULL
    AND unknown_since <= now() - $4::float8 * interval '1 ms' ${taken('unknown_since')}) AS overdue
  LIMIT $2`;
