import { type AttemptId, asIntentId } from '@payments/domain';
import type { IntentPlace, TimelineKind, TimelinePlace, UnknownOutcomePlace } from '@payments/persistence';

const KINDS: readonly TimelineKind[] = ['command', 'gateway_attempt', 'transaction', 'webhook'];
const CURSOR = /^[\w-]{1,600}$/;
const SEPARATOR = '.';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The place after the last intent of a page, for the next one. Callers send it back as it is. */
export function intentCursor({ createdAt, intentId }: IntentPlace): string {
  return encode([String(createdAt.getTime()), intentId]);
}

/** @throws Error if it is no {@link intentCursor} */
export function readIntentCursor(text: string): IntentPlace {
  const [ms = '', intentId = '', ...rest] = decode(text);
  if (!/^\d{1,14}$/.test(ms) || rest.length > 0) throw notACursor();
  try {
    return { createdAt: new Date(Number(ms)), intentId: asIntentId(intentId) };
  } catch {
    throw notACursor();
  }
}

/** The place of the last entry of a page. */
export function timelineCursor({ atMicros, kind, turn }: TimelinePlace): string {
  return encode([atMicros, kind, turn]);
}

/** @throws Error if it is no {@link timelineCursor} */
export function readTimelineCursor(text: string): TimelinePlace {
  const [atMicros = '', kindText, ...rest] = decode(text);
  const kind = KINDS.find((one) => one === kindText);
  // The id of a webhook may hold the separator.
  const turn = rest.join(SEPARATOR);
  if (!/^\d{1,17}$/.test(atMicros) || kind === undefined || turn === '' || turn.includes('\0'))
    throw notACursor();
  return { atMicros, kind, turn };
}

/** The place of the last outcome of a page. */
export function reviewCursor({ attemptId, unknownSince }: UnknownOutcomePlace): string {
  return encode([attemptId, String(unknownSince)]);
}

/** @throws Error if it is no {@link reviewCursor} */
export function readReviewCursor(text: string): UnknownOutcomePlace {
  const [attemptId = '', ...rest] = decode(text);
  // Milliseconds with their fraction.
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
