/**
 * Time of a response in milliseconds since the epoch: from its `Date` header, by the gateway's clock like the times
 * of events; by ours if it has none. Both are whole seconds, so that a response and an event of the same second have
 * the same age.
 *
 * @param date the header
 */
export function responseTimeOf(date: unknown): number {
  return timeOfHttpDate(date) ?? Math.floor(Date.now() / 1000) * 1000;
}

/**
 * The requested delay in milliseconds; undefined if there is none.
 *
 * @param retryAfter the header: seconds or an HTTP date (RFC 9110, 10.2.3)
 */
export function retryAfterMsOf(retryAfter: unknown, now = Date.now()): number | undefined {
  if (typeof retryAfter !== 'string') return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const until = timeOfHttpDate(retryAfter);
  return until === undefined ? undefined : Math.max(0, until - now);
}

/** `Sun, 01 Mar 2026 12:00:00 GMT` (RFC 9110, 5.6.7): Date.parse alone accepts nearly anything. */
function timeOfHttpDate(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(value))
    return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
