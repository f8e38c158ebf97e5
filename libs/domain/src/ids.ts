import { MAX, NIL, v5, v7, validate } from 'uuid';
import type { Branded } from './brand.js';
import type { GatewayProvider } from './gateway-provider.js';

/** Public name of a payment intent: UUIDv5 of order, provider and attempt. */
export type IntentId = Branded<string, 'IntentId'>;
/** Primary key of an intent's row: UUIDv7, its millisecond names the partition. Never leaves the pipeline. */
export type IntentRowId = Branded<string, 'IntentRowId'>;
/** Names one command, however often and by whatever path it arrives. */
export type CommandId = Branded<string, 'CommandId'>;
/** Names one webhook for good; see `webhookIdOf`. */
export type WebhookId = Branded<string, 'WebhookId'>;
/** What a gateway is told so that it carries out a call once. */
export type GatewayIdempotencyKey = Branded<string, 'GatewayIdempotencyKey'>;

/** What an attempt asks of a gateway; names the attempt together with command and leg. */
export const GATEWAY_OPERATIONS = ['create', 'confirm', 'authorize', 'capture', 'cancel', 'refund'] as const;
export type GatewayOperation = (typeof GATEWAY_OPERATIONS)[number];

/**
 * Namespace of every UUIDv5 of this project. A random UUID; changing it gives every intent and command
 * another name, so that nothing is recognised as a repetition any more.
 */
const UUID_NAMESPACE = '3e9da018-fe08-489e-bc68-11ebbf275ba3';

/** The id that the intent of this order, provider and attempt (from 1) has, or will have once it is created. */
export function intentIdOf(orderId: string, provider: GatewayProvider, attempt = 1): IntentId {
  return uuidv5(orderId, provider, countedFromOne('attempt', attempt)) as IntentId;
}

/** The id of a command that came over HTTP: a key belongs to the API key that sent it. */
export function commandIdOf(apiKeyId: string, idempotencyKey: string): CommandId {
  return uuidv5(apiKeyId, idempotencyKey) as CommandId;
}

/** The id of the command that closes what was opened on a leg, once another leg took the money. */
export function abandonCommandIdOf(intentId: IntentId, leg: number): CommandId {
  return uuidv5('abandon', intentId, countedFromOne('leg', leg)) as CommandId;
}

/**
 * The same after a crash, a redelivery or a restore: it is computed, never drawn. 36 characters, `leg` from 1.
 *
 * @param round from 1; the next one only once it is proved that nothing was done under this one: a gateway that
 *   stores its answers would give the old one again
 */
export function gatewayIdempotencyKeyOf(
  commandId: CommandId,
  leg: number,
  operation: GatewayOperation,
  round = 1,
): GatewayIdempotencyKey {
  const rest = countedFromOne('round', round) === 1 ? [] : [round];
  return uuidv5(commandId, countedFromOne('leg', leg), operation, ...rest) as GatewayIdempotencyKey;
}

/** `eventId`: the gateway's signed event id; for Razorpay, which signs none, the SHA-256 of the body in hex. */
export function webhookIdOf(provider: GatewayProvider, eventId: string): WebhookId {
  return `${provider}:${eventId}` as WebhookId;
}

/** The id of a repair: the same finding, reported again, is the same webhook. */
export function reconciliationWebhookIdOf(
  provider: GatewayProvider,
  objectId: string,
  status: string,
): WebhookId {
  return `reconciliation:${provider}:${objectId}:${status}` as WebhookId;
}

/** @throws RangeError if `value` is no UUIDv5, as every intent id is. */
export function asIntentId(value: string): IntentId {
  if (!isUuidOf('5', value)) throw new RangeError(`not an intent id: ${value}`);
  return value.toLowerCase() as IntentId;
}

/**
 * An order service may choose the version of its command ids.
 *
 * @throws RangeError if `value` is no UUID, or the one of only zeros or ones: what nobody filled in names no command.
 */
export function asCommandId(value: string): CommandId {
  if (!validate(value) || value === NIL || value.toLowerCase() === MAX)
    throw new RangeError(`not a command id: ${value}`);
  return value.toLowerCase() as CommandId;
}

/** @throws RangeError if `value` is no UUIDv7. */
export function asIntentRowId(value: string): IntentRowId {
  requireUuidv7(value);
  return value.toLowerCase() as IntentRowId;
}

/** A UUIDv7 (RFC 9562) whose first 48 bits are `atMs`, milliseconds since the epoch (now by default). */
export function uuidv7(atMs: number = Date.now()): string {
  const hex = v7({ msecs: atMs, random: randomBytes() }, lastBytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Of the last id. The library's own text of one takes nearly twice the memory, and every row has an id. */
const lastBytes = Buffer.alloc(16);

const RANDOM_BYTES = 16;
/** Drawn from the system some hundred at a time: a call for each costs more than the rest of the id. */
const randomPool = new Uint8Array(512 * RANDOM_BYTES);
let randomUsed = randomPool.length;

/** Valid until the next call. */
function randomBytes(): Uint8Array {
  if (randomUsed === randomPool.length) {
    globalThis.crypto.getRandomValues(randomPool);
    randomUsed = 0;
  }
  randomUsed += RANDOM_BYTES;
  return randomPool.subarray(randomUsed - RANDOM_BYTES, randomUsed);
}

/**
 * The moment inside a UUIDv7, exact to the millisecond: a row's partition follows from its id alone.
 *
 * @throws RangeError if `id` is not a UUIDv7.
 */
export function uuidv7Time(id: string): Date {
  requireUuidv7(id);
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

function requireUuidv7(id: string): void {
  if (!isUuidOf('7', id)) throw new RangeError(`not a UUIDv7: ${id}`);
}

const VERSION_AT = 'xxxxxxxx-xxxx-'.length;

function isUuidOf(version: '5' | '7', value: string): boolean {
  return validate(value) && value[VERSION_AT] === version;
}

/** A JSON array keeps its parts apart, whatever characters they hold; joining them with a separator would not. */
function uuidv5(...parts: (string | number)[]): string {
  return v5(JSON.stringify(parts), UUID_NAMESPACE);
}

function countedFromOne(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${what} must count from 1: ${value}`);
  return value;
}
