/** How patient attempts are. All in milliseconds but the counts. */
export interface AttemptPolicy {
  /** Tries after the first one, for what a customer waits for at a checkout. */
  readonly retriesMax: number;
  readonly retryFirstMs: number;
  readonly retryCapMs: number;
  /** As much of a gateway's Retry-After as is believed. */
  readonly retryAfterMaxMs: number;
  /** What nobody waits for at a checkout goes on being tried for so long after it was asked for. */
  readonly patienceMs: number;
  readonly heldFirstMs: number;
  /** For another call to be answered: whoever ends that one may just miss who is looking at it. */
  readonly heldCapMs: number;
  /** For the payer, who may never come back; their approval makes it due at once. */
  readonly heldForPayerCapMs: number;
  /** Held for so long the order is read, since the webhook of the approval may be lost; then ever more seldom. */
  readonly approvalCheckFirstMs: number;
  readonly approvalCheckCapMs: number;
  readonly inquiryFirstMs: number;
  readonly inquiryCapMs: number;
  /**
   * So long after the last sending nothing of it can still be on its way into the gateway's books. Longer than a
   * lease, and than the delay of the gateway's searches.
   */
  readonly quietMs: number;
  /** So long before a gateway drops a key it is no longer relied upon. */
  readonly keyMarginMs: number;
  /** Unknown for so long: a person is to decide. */
  readonly reviewAfterMs: number;
  readonly reviewInquiryMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const ATTEMPT_POLICY: AttemptPolicy = {
  retriesMax: 3,
  retryFirstMs: SECOND,
  retryCapMs: 30 * SECOND,
  retryAfterMaxMs: HOUR,
  patienceMs: 24 * HOUR,
  heldFirstMs: SECOND / 2,
  heldCapMs: 5 * SECOND,
  heldForPayerCapMs: 10 * MINUTE,
  approvalCheckFirstMs: MINUTE,
  approvalCheckCapMs: 30 * MINUTE,
  inquiryFirstMs: SECOND,
  inquiryCapMs: MINUTE,
  quietMs: 10 * MINUTE,
  keyMarginMs: MINUTE,
  reviewAfterMs: 24 * HOUR,
  reviewInquiryMs: 5 * MINUTE,
};

/** `firstMs` doubled `times` times, `capMs` at most. */
export function backoffMs(times: number, firstMs: number, capMs: number): number {
  return Math.min(capMs, firstMs * 2 ** Math.min(times, 40));
}

/**
 * Full jitter: clients that failed together do not come back together. A gateway that asked to be left alone is.
 *
 * @param random from 0 to below 1
 */
export function retryDelayMs(
  policy: AttemptPolicy,
  { retries, random, retryAfterMs }: { retries: number; random: number; retryAfterMs: number | null },
): number {
  const jittered = random * backoffMs(retries, policy.retryFirstMs, policy.retryCapMs);
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, policy.retryAfterMaxMs));
}

/** Grows with how long it has been held: what was just begun is looked at often. */
export function heldDelayMs(heldForMs: number, firstMs: number, capMs: number): number {
  return Math.min(capMs, Math.max(firstMs, heldForMs / 4));
}
