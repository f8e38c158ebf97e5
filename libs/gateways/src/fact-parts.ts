import { asIntentId, type Failure, type IntentId, type JsonValue } from '@payments/domain';
import { isJsonObject, type JsonObject, referenceAt } from './webhook-body.js';
import { unreadable } from './webhook-error.js';

const STATUS = /^\w{1,64}$/;
/** A UUIDv5, as the ids are that we compute. */
const OUR_ID = /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;

const FAILURE_CODE_LENGTH_MAX = 100;
const FAILURE_MESSAGE_LENGTH_MAX = 500;
const NEXT_ACTION_LENGTH_MAX = 16 * 1024;

/** @throws WebhookError `unreadable`, naming the field */
export function requiredStatus(name: string, value: unknown): string {
  if (typeof value === 'string' && STATUS.test(value)) return value;
  throw unreadable(`${name} is no status`);
}

/**
 * What a state means. One that is not in the table is new to us: recording the webhook without its effect would
 * lose it, and a dead letter can be replayed once the table knows it.
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

/** The id of what a fact is about. @throws WebhookError `unreadable`, naming the field */
export function requiredReference(name: string, parent: JsonObject, field: string): string {
  const id = referenceAt(parent, field);
  if (id === undefined) throw unreadable(`${name} is missing`);
  return id;
}

/** The gateway's time, in milliseconds of the epoch. @throws WebhookError `unreadable`, naming the field */
export function requiredTime(name: string, time: Date | null): number {
  if (time === null) throw unreadable(`${name} is no time`);
  return time.getTime();
}

/** Our own id, wherever a gateway carries it back; undefined for what others may have put there. */
export function intentIdIn(...candidates: readonly unknown[]): IntentId | undefined {
  for (const candidate of candidates) {
    if (typeof candidate === 'string' && OUR_ID.test(candidate)) return asIntentId(candidate);
  }
  return undefined;
}

/** Our own name of the call that an object was made by; undefined for what others may have put there. */
export function attemptIdIn(candidate: unknown): string | undefined {
  return typeof candidate === 'string' && OUR_ID.test(candidate) ? candidate : undefined;
}

/** Why something failed, from the first code that there is. Undefined if there is neither code nor message. */
export function failureOf(codes: readonly unknown[], message: unknown): Failure | undefined {
  const code = codes.find((candidate) => typeof candidate === 'string' && candidate !== '');
  const text = typeof message === 'string' && message !== '' ? message : null;
  if (code === undefined && text === null) return undefined;
  return {
    code: storable(String(code ?? 'unknown'), FAILURE_CODE_LENGTH_MAX),
    message: text === null ? null : storable(text, FAILURE_MESSAGE_LENGTH_MAX),
  };
}

/** Thirteen and more digits, however grouped, may be a card number. Gateways send none; none gets past here. */
const CARD_NUMBER = /\d(?:[ -]?\d){12,}/g;

/** Text that Postgres stores (it takes neither NUL nor half a surrogate pair), short and without card numbers. */
function storable(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\0', '').replaceAll(CARD_NUMBER, '[digits]');
}

/** What the customer has to do, as the gateway said it; null where that is nothing, or nothing that can be stored. */
export function nextActionOf(value: unknown): JsonValue {
  if (!isJsonObject(value)) return null;
  const text = JSON.stringify(value);
  // JSON.stringify writes NUL and lone surrogates as escapes, and jsonb refuses them.
  return text.length > NEXT_ACTION_LENGTH_MAX || /\\u(?:0000|d[89a-f])/.test(text)
    ? null
    : (value as JsonValue);
}
