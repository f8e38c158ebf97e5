import { asIntentId, type Failure, type IntentId, type JsonValue } from '@payments/domain';
import { isJsonObject, type JsonObject, referenceAt } from './webhook-body.js';
import { unreadable } from './webhook-error.js';

const STATUS = /^\w{1,64}$/;
/** A UUIDv5, the form of the ids that we compute. */
const OUR_ID = /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;

const FAILURE_CODE_LENGTH_MAX = 100;
const FAILURE_MESSAGE_LENGTH_MAX = 500;
const NEXT_ACTION_LENGTH_MAX = 16 * 1024;
/** Gateways nest theirs a handful deep. */
const NEXT_ACTION_DEPTH_MAX = 32;

/** @throws WebhookError `unreadable`, naming the field */
export function requiredStatus(name: string, value: unknown): string {
  if (typeof value === 'string' && STATUS.test(value)) return value;
  throw unreadable(`${name} is no status`);
}

/**
 * Looks up what a state means. An unknown state is an error: a webhook that was recorded without its effect would lose
 * the effect, whereas a FAILED one is retried once the table has the state.
 *
 * @throws WebhookError `unreadable`
 */
export function meaningOf<Meaning>(
  states: Readonly<Record<string, Meaning>>,
  name: string,
  state: string,
): Meaning {
  const meaning = Object.hasOwn(states, state) ? states[state] : undefined;
  if (meaning === undefined) throw unreadable(`${name} is a status that we do not know`);
  return meaning;
}

/** The id of the object that a fact is about. @throws WebhookError `unreadable`, naming the field */
export function requiredReference(name: string, parent: JsonObject, field: string): string {
  const id = referenceAt(parent, field);
  if (id === undefined) throw unreadable(`${name} is missing`);
  return id;
}

/** The gateway's time, in milliseconds since the epoch. @throws WebhookError `unreadable`, naming the field */
export function requiredTime(name: string, time: Date | null): number {
  if (time === null) throw unreadable(`${name} is no time`);
  return time.getTime();
}

/** The first of the values that is an intent id of ours; others may have put anything into these fields. */
export function intentIdIn(...candidates: readonly unknown[]): IntentId | undefined {
  for (const candidate of candidates) {
    if (typeof candidate === 'string' && OUR_ID.test(candidate)) return asIntentId(candidate);
  }
  return undefined;
}

/** The id of our attempt that made an object; undefined if others have put something else into the field. */
export function attemptIdIn(candidate: unknown): string | undefined {
  return typeof candidate === 'string' && OUR_ID.test(candidate) ? candidate : undefined;
}

/** Why something failed, with the first code that is present. Undefined if there is neither code nor message. */
export function failureOf(codes: readonly unknown[], message: unknown): Failure | undefined {
  const code = codes.find((candidate) => typeof candidate === 'string' && candidate !== '');
  const text = typeof message === 'string' && message !== '' ? message : null;
  if (code === undefined && text === null) return undefined;
  return {
    code: storable(String(code ?? 'unknown'), FAILURE_CODE_LENGTH_MAX),
    message: text === null ? null : storable(text, FAILURE_MESSAGE_LENGTH_MAX),
  };
}

/** Thirteen or more digits, however grouped, may be a card number. Gateways send none; one is redacted all the same. */
const CARD_NUMBER = /\d(?:[ -]?\d){12,}/g;

/** Text that Postgres accepts (no NUL, no lone surrogate), cut to a length and without card numbers. */
function storable(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\0', '').replaceAll(CARD_NUMBER, '[digits]');
}

/** What the customer has to do, in the gateway's own form; null if nothing, or if it cannot be stored as jsonb. */
export function nextActionOf(value: unknown): JsonValue {
  if (!isJsonObject(value) || isDeeperThan(NEXT_ACTION_DEPTH_MAX, value)) return null;
  const text = JSON.stringify(value);
  // JSON.stringify writes NUL and lone surrogates as escapes, and jsonb refuses them.
  return text.length > NEXT_ACTION_LENGTH_MAX || /\\u(?:0000|d[89a-f])/.test(text)
    ? null
    : (value as JsonValue);
}

/** Asked first: in a value of some thousand levels, whatever walks through it runs out of stack. */
function isDeeperThan(depthMax: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depthMax === 0 || Object.values(value).some((one) => isDeeperThan(depthMax - 1, one));
}
