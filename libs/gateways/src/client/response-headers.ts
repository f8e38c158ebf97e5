/**
 * When a gateway answered, in milliseconds of the epoch: by its own clock, which is in the HTTP `Date`, as events
 * are too; by ours where it sends none. Both are whole seconds, so that an answer and an event of the same second
 * are of the same age.
 *
 * @param date the header
 */
export function responseTimeOf(date: unknown): number {
  const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isFinite(theirs) && theirs > 0 ? theirs : Math.floor(Date.now() / 1000) * 1000;
}

/**
 * How long a gateway asks to be left alone, in milliseconds; undefined if it does not say so.
 *
 * @param retryAfter the header: seconds or an HTTP date (RFC 9110, 10.2.3)
 */
export function retryAfterMsOf(retryAfter: unknown, now = Date.now()): number | undefined {
  if (typeof retryAfter !== 'string') return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const until = Date.parse(retryAfter);
  return Number.isFinite(until) ? Math.max(0, until - now) : undefined;
}
