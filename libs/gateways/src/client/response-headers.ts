/**
 * When a gateway answered, in milliseconds of the epoch: by its own clock, which is in the HTTP `Date`, as events
 * are too; by ours where it sends none. Both are whole seconds, so that an answer and an event of the same second
 * are of the same age.
 *
 * @param date the header
 */
export function responseTimeOf(date: unknown): number {
  return timeOfHttpDate(date) ?? Math.floor(Date.now() / 1000) * 1000;
}

/**
 * How long a gateway asks to be left alone, in milliseconds; undefined if it does not say so.
 *
 * @param retryAfter the header: seconds or an HTTP date (RFC 9110, 10.2.3)
 */
export function retryAfterMsOf(retryAfter: unknown, now = Date.now()): number | undefined {
  if (typeof retryAfter !== 'string') return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const until = timeOfHttpDate(retryAfter);
  return until === undefined ? undefined : Math.max(0, until - now);
}

/** `Sun, 01 Mar 2026 12:00:00 GMT` (RFC 9110, 5.6.7): Date.parse alone makes a date of nearly anything. */
function timeOfHttpDate(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(value))
    return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
