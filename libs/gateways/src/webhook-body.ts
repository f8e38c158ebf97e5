import { isUtf8 } from 'node:buffer';
import { unreadable } from './webhook-error.js';

export interface JsonObject {
  readonly [name: string]: unknown;
}

/**
 * Ids, event types and keys become Kafka keys, index entries and URL parts: printable ASCII without
 * spaces, and short enough that `razorpay:` in front of one still fits 255 characters.
 */
const IDENTIFIER = /^[\x21-\x7e]{1,240}$/;

/**
 * More than any real event carries (an id has 14 to 30 octets), so that a hostile body cannot make a row grow without
 * bound. The CHECK constraint of `payment_webhooks` has the same numbers.
 */
const OBJECT_IDS_MAX = 32;
const OBJECT_IDS_OCTETS_MAX = 2048;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Shared by all events: most of them lack some object that is looked for. */
export const EMPTY_OBJECT: JsonObject = Object.freeze({});
const EMPTY_ARRAY: readonly unknown[] = Object.freeze([]);

/** The field if it is an object, else an empty object, so that nested fields can be read without branches. */
export function objectAt(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  return isJsonObject(value) ? value : EMPTY_OBJECT;
}

export function arrayAt(parent: JsonObject, name: string): readonly unknown[] {
  const value = parent[name];
  return Array.isArray(value) ? value : EMPTY_ARRAY;
}

/** @throws WebhookError `unreadable`; the parser's own message is withheld because it quotes the body. */
export function parseWebhookBody(body: Buffer): JsonObject {
  if (body.length === 0) throw unreadable('the body is empty');
  if (!isUtf8(body)) throw unreadable('the body is not UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw unreadable('the body is not JSON');
  }
  if (!isJsonObject(value)) throw unreadable('the body is not a JSON object');
  return value;
}

/** An id or type that an event cannot do without. @throws WebhookError `unreadable` */
export function requiredIdentifier(parent: JsonObject, name: string): string {
  const value = parent[name];
  if (typeof value !== 'string' || value === '') throw unreadable(`the event has no ${name}`);
  if (!IDENTIFIER.test(value)) throw unreadable(`the event's ${name} is too long or not printable ASCII`);
  return value;
}

/**
 * A gateway's reference to another object: its id, or the object itself where the gateway expanded it.
 * Undefined where there is none. @throws WebhookError `unreadable` if it is a string but no possible id
 */
export function referenceAt(parent: JsonObject, name: string): string | undefined {
  const field = parent[name];
  const value = isJsonObject(field) ? field.id : field;
  if (typeof value !== 'string' || value === '') return undefined;
  if (!IDENTIFIER.test(value)) throw unreadable(`the event's ${name} is too long or not printable ASCII`);
  return value;
}

/**
 * The distinct ids in order; those beyond OBJECT_IDS_MAX are dropped.
 *
 * @throws WebhookError `unreadable` if they are longer than OBJECT_IDS_OCTETS_MAX in total. No gateway has such ids,
 * and an event that was acknowledged without some of its ids might never be matched to its payment
 */
export function objectIds(...candidates: readonly (string | undefined)[]): string[] {
  const found = new Set<string>();
  for (const candidate of candidates) {
    if (candidate !== undefined && found.size < OBJECT_IDS_MAX) found.add(candidate);
  }
  const ids = [...found];
  // Identifiers are ASCII: a character is an octet.
  const octets = ids.reduce((sum, id) => sum + id.length, 0);
  if (octets > OBJECT_IDS_OCTETS_MAX) throw unreadable("the event's object ids are too long in all");
  return ids;
}

/**
 * As `referenceAt`, but undefined for what cannot be an id: an event that was accepted by its id, type
 * and key must not fail later over an object that it mentions.
 */
export function possibleReferenceAt(parent: JsonObject, name: string): string | undefined {
  const field = parent[name];
  const value = isJsonObject(field) ? field.id : field;
  return typeof value === 'string' && IDENTIFIER.test(value) ? value : undefined;
}

/** Reads seconds since the epoch (Stripe, Razorpay) or ISO 8601 (PayPal, Stripe's v2 events); null if it is neither. */
export function eventTime(value: unknown): Date | null {
  if (typeof value === 'number') return validDate(value * 1000);
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return validDate(Date.parse(value));
  return null;
}

/** Postgres and Avro accept times up to here; a later one is a number in a wrong unit. */
const TIME_MAX = Date.parse('9999-12-31T23:59:59Z');

function validDate(ms: number): Date | null {
  return ms >= 1 && ms <= TIME_MAX ? new Date(Math.trunc(ms)) : null;
}
