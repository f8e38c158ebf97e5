/** Time-outs, delays and limits of attempts. All in milliseconds but the counts. */
export interface AttemptPolicy {
  /** Retries of an operation that a customer waits for at a checkout. */
  readonly retriesMax: number;
  readonly retryFirstMs: number;
  readonly retryCapMs: number;
  /** Limit of a gateway's Retry-After that is honoured. */
  readonly retryAfterMaxMs: number;
  /** An operation that no customer waits for is retried for so long after it was requested. */
  readonly patienceMs: number;
  readonly heldFirstMs: number;
  /**
   * Largest delay in the first minutes while another call is open: its end may just miss a worker that is looking at
   * this one.
   */
  readonly heldCapMs: number;
  /** Largest delay after that: another payment of the order may be open for days. */
  readonly heldForDaysCapMs: number;
  /**
   * Largest delay while it waits for the payer. Many never return, and wait here all at once; an approval makes it due
   * immediately.
   */
  readonly heldForPayerCapMs: number;
  /** Largest delay of a cancellation until it is tried again, while the gateway takes the payment's money. */
  readonly heldForGatewayCapMs: number;
  /**
   * After this wait for the payer the order is read, since the approval's webhook may be lost; then with growing
   * delays.
   */
  readonly approvalCheckFirstMs: number;
  readonly approvalCheckCapMs: number;
  /** After this wait the payer cannot approve any more. Longer than a gateway keeps an order open. */
  readonly approvalMaxMs: number;
  readonly inquiryFirstMs: number;
  readonly inquiryCapMs: number;
  /**
   * This long after the last sending, a call can no longer be on its way into the gateway's data. Longer than a
   * lease, and than the delay of the gateway's searches.
   */
  readonly quietMs: number;
  /** A key is not relied upon any more this long before the gateway drops it. */
  readonly keyMarginMs: number;
  /** Unknown for so long: a person has to decide. */
  readonly reviewAfterMs: number;
  readonly reviewInquiryMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const ATTEMPT_POLICY: AttemptPolicy = {
  retriesMax: 3,
  retryFirstMs: SECOND,
  retryCapMs: 30 * SECOND,
  retryAfterMaxMs: HOUR,
  patienceMs: DAY,
  heldFirstMs: SECOND / 2,
  heldCapMs: 5 * SECOND,
  heldForDaysCapMs: MINUTE,
  heldForPayerCapMs: 6 * HOUR,
  heldForGatewayCapMs: HOUR,
  approvalCheckFirstMs: MINUTE,
  approvalCheckCapMs: 6 * HOUR,
  approvalMaxMs: 4 * DAY,
  inquiryFirstMs: SECOND,
  inquiryCapMs: MINUTE,
  quietMs: 10 * MINUTE,
  keyMarginMs: MINUTE,
  reviewAfterMs: DAY,
  reviewInquiryMs: 5 * MINUTE,
};

/** `firstMs` doubled `times` times, `capMs` at most. */
export function backoffMs(times: number, firstMs: number, capMs: number): number {
  return Math.min(capMs, firstMs * 2 ** Math.min(times, 40));
}

/**
 * Full jitter: clients that failed together do not retry together. A gateway's Retry-After is respected.
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

/** Grows with the time it has waited: recent ones are checked often. */
export function heldDelayMs(heldForMs: number, firstMs: number, capMs: number): number {
  return Math.min(capMs, Math.max(firstMs, heldForMs / 4));
}
