import { type AttemptId, asIntentId } from '@payments/domain';
import type { IntentPlace, TimelineKind, TimelinePlace, UnknownOutcomePlace } from '@payments/persistence';

const KINDS: readonly TimelineKind[] = ['command', 'gateway_attempt', 'transaction', 'webhook'];
const CURSOR = /^[\w-]{1,600}$/;
const SEPARATOR = '.';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Position after the last intent of a page. Opaque to callers. */
export function intentCursor({ createdAt, intentId }: IntentPlace): string {
  return encode([String(createdAt.getTime()), intentId]);
}

/** @throws Error if it is not an {@link intentCursor} */
export function readIntentCursor(text: string): IntentPlace {
  const [ms = '', intentId = '', ...rest] = decode(text);
  if (!/^\d{1,14}$/.test(ms) || rest.length > 0) throw notACursor();
  try {
    return { createdAt: new Date(Number(ms)), intentId: asIntentId(intentId) };
  } catch {
    throw notACursor();
  }
}

/** Position of the last entry of a page. */
export function timelineCursor({ atMicros, kind, turn }: TimelinePlace): string {
  return encode([atMicros, kind, turn]);
}

/** @throws Error if it is not a {@link timelineCursor} */
export function readTimelineCursor(text: string): TimelinePlace {
  const [atMicros = '', kindText, ...rest] = decode(text);
  const kind = KINDS.find((one) => one === kindText);
  // The id of a webhook may contain the separator.
  const turn = rest.join(SEPARATOR);
  if (!/^\d{1,17}$/.test(atMicros) || kind === undefined || turn === '' || turn.includes('\0'))
    throw notACursor();
  return { atMicros, kind, turn };
}

/** Position of the last outcome of a page. */
export function reviewCursor({ attemptId, unknownSince }: UnknownOutcomePlace): string {
  return encode([attemptId, String(unknownSince)]);
}

/** @throws Error if it is not a {@link reviewCursor} */
export function readReviewCursor(text: string): UnknownOutcomePlace {
  const [attemptId = '', ...rest] = decode(text);
  // Milliseconds, possibly with a fraction.
  const ms = rest.join(SEPARATOR);
  if (!UUID.test(attemptId) || !/^\d{1,14}(\.\d{1,12})?$/.test(ms)) throw notACursor();
  return { attemptId: attemptId as AttemptId, unknownSince: Number(ms) };
}

function encode(parts: readonly string[]): string {
  return Buffer.from(parts.join(SEPARATOR)).toString('base64url');
}

function decode(text: string): string[] {
  if (!CURSOR.test(text)) throw notACursor();
  return Buffer.from(text, 'base64url').toString().split(SEPARATOR);
}

function notACursor(): Error {
  return new Error('must be the nextCursor of an earlier page, as it was');
}
