import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';
import type { WebhookReceived } from './generated/webhook-received.js';
import { assertUniqueIds, SEAL_KEY_BYTES, SEAL_KEY_ID, type SealKey } from './seal-keys.js';

/** A webhook's clear-text fields, which are authenticated along with its body. */
export type SealContext = Omit<WebhookReceived, 'sealedBody'>;

/** The sealed body does not open: altered, truncated, or sealed with an unauthorised key. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

/** Sealed with a key that this process does not have: an operator has to add it. */
export class SealKeyUnknownError extends Error {
  override readonly name = 'SealKeyUnknownError';
  readonly keyId: string;

  constructor(keyId: string) {
    super(`sealed under key ${keyId}, which is not among the sealing keys: add it`);
    this.keyId = keyId;
  }
}

const VERSION = 1;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DAY_MS = 24 * 60 * 60 * 1000;
/** More days than the retention of any topic; beyond it the key derived first is dropped. */
const DERIVED_KEYS_COUNT_MAX = 64;
const NONCE_POOL_BYTES = NONCE_BYTES * 1024;

/** A master key and the keys derived from it. */
interface Deriver {
  readonly master: Buffer;
  /** Version, length of the key id, key id: the prefix of everything sealed with this key. */
  readonly header: Buffer;
  readonly keysByDay: Map<number, KeyObject>;
}

/**
 * Seals webhook bodies before Kafka sees them and opens them again (AES-256-GCM).
 *
 * A sealed body is: 1 version byte, 1 byte length of the key id, key id, 12-byte nonce, ciphertext,
 * 16-byte tag. Each UTC day of `receivedAt` has a key of its own (HKDF-SHA256, RFC 5869), so that a
 * key seals far fewer than the 2^32 bodies that random nonces allow (NIST SP 800-38D, 8.3).
 */
export class SealKeyring {
  readonly #derivers = new Map<string, Deriver>();
  readonly #newest: Deriver;
  readonly #nonces = Buffer.allocUnsafeSlow(NONCE_POOL_BYTES);
  #noncesUsedBytes = NONCE_POOL_BYTES;

  /**
   * @param keys newest first: the first one seals, all of them open
   * @throws RangeError if there is none, two share an id, or one is malformed
   */
  constructor(keys: readonly SealKey[]) {
    assertUniqueIds(keys);
    for (const key of keys) this.#derivers.set(key.id, createDeriver(key));
    const [newest] = this.#derivers.values();
    if (newest === undefined) throw new RangeError('a sealing key is needed');
    this.#newest = newest;
  }

  /** @throws RangeError if `receivedAt` is not milliseconds since the epoch */
  seal(context: SealContext, body: Buffer): Buffer {
    const { header } = this.#newest;
    const key = derivedKey(this.#newest, dayOf(context.receivedAt));
    const sealed = Buffer.allocUnsafe(header.length + NONCE_BYTES + body.length + TAG_BYTES);
    header.copy(sealed);
    const bodyAt = header.length + NONCE_BYTES;
    const nonce = sealed.subarray(header.length, bodyAt);
    this.#fillNonce(nonce);

    const cipher = createCipheriv(CIPHER, key, nonce);
    cipher.setAAD(associatedData(context));
    cipher.update(body).copy(sealed, bodyAt);
    cipher.final();
    cipher.getAuthTag().copy(sealed, bodyAt + body.length);
    return sealed;
  }

  /**
   * @throws SealBrokenError if it was altered or belongs to another context
   * @throws SealKeyUnknownError if its key is not in the keyring
   */
  open(context: SealContext, sealed: Buffer): Buffer {
    const { keyId, bodyAt } = readHeader(sealed);
    const deriver = this.#derivers.get(keyId);
    if (deriver === undefined) throw new SealKeyUnknownError(keyId);
    if (!isMillisecond(context.receivedAt)) throw new SealBrokenError('receivedAt is not a point in time');
    const key = derivedKey(deriver, dayOf(context.receivedAt));
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(bodyAt - NONCE_BYTES, bodyAt), {
      authTagLength: TAG_BYTES,
    });
    const tagAt = sealed.length - TAG_BYTES;
    decipher.setAAD(associatedData(context));
    decipher.setAuthTag(sealed.subarray(tagAt));
    const body = decipher.update(sealed.subarray(bodyAt, tagAt));
    try {
      decipher.final();
    } catch (cause) {
      throw new SealBrokenError('the sealed body does not belong to this webhook or was altered', { cause });
    }
    return body;
  }

  /**
   * Distinguishes contents without storing them: key id and HMAC-SHA-256 in hex. Keyed, since a plain hash of a card
   * number can be reversed by brute force.
   */
  fingerprint(content: Buffer): string {
    const { master, header } = this.#newest;
    const info = Buffer.concat([Buffer.from('fingerprint, '), header]);
    const key = Buffer.from(hkdfSync('sha256', master, '', info, SEAL_KEY_BYTES));
    const keyId = header.toString('latin1', 2);
    return `${keyId}:${createHmac('sha256', key).update(content).digest('hex')}`;
  }

  /** Nonces are generated a thousand at a time: a system call for each costs as much as sealing. */
  #fillNonce(nonce: Buffer): void {
    if (this.#noncesUsedBytes === NONCE_POOL_BYTES) {
      randomFillSync(this.#nonces);
      this.#noncesUsedBytes = 0;
    }
    const end = this.#noncesUsedBytes + NONCE_BYTES;
    this.#nonces.copy(nonce, 0, this.#noncesUsedBytes, end);
    this.#noncesUsedBytes = end;
  }
}

function createDeriver({ id, key }: SealKey): Deriver {
  if (!SEAL_KEY_ID.test(id))
    throw new RangeError('a sealing key id must be 1 to 32 of a-z, A-Z, 0-9, _ and -');
  if (key.length !== SEAL_KEY_BYTES)
    throw new RangeError(`sealing key ${id} must be ${SEAL_KEY_BYTES} bytes`);
  const header = Buffer.concat([Buffer.from([VERSION, id.length]), Buffer.from(id, 'ascii')]);
  return { master: key, header, keysByDay: new Map() };
}

/** A day's key. The map is in insertion order: its first entry was derived first. */
function derivedKey(deriver: Deriver, day: number): KeyObject {
  const { keysByDay } = deriver;
  const known = keysByDay.get(day);
  if (known !== undefined) return known;
  const info = Buffer.concat([
    Buffer.from('payment webhook body, '),
    deriver.header,
    Buffer.from(new Date(day * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length)),
  ]);
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', deriver.master, '', info, SEAL_KEY_BYTES)));
  const [oldest] = keysByDay.keys();
  if (keysByDay.size >= DERIVED_KEYS_COUNT_MAX && oldest !== undefined) keysByDay.delete(oldest);
  keysByDay.set(day, key);
  return key;
}

function readHeader(sealed: Buffer): { keyId: string; bodyAt: number } {
  if (sealed[0] !== VERSION) throw new SealBrokenError('not a sealed body of a known version');
  const keyIdEnd = 2 + (sealed[1] ?? 0);
  const bodyAt = keyIdEnd + NONCE_BYTES;
  if (sealed.length < bodyAt + TAG_BYTES) throw new SealBrokenError('the sealed body is cut short');
  const keyId = sealed.toString('latin1', 2, keyIdEnd);
  if (!SEAL_KEY_ID.test(keyId)) throw new SealBrokenError('the sealed body names no key');
  return { keyId, bodyAt };
}

/**
 * Unambiguous encoding: each text in UTF-8 with its length in 4 bytes, then receivedAt in 8 bytes, all big-endian.
 */
function associatedData({ webhookId, provider, eventType, source, receivedAt }: SealContext): Buffer {
  const texts = [webhookId, provider, eventType, source];
  let length = 8;
  for (const text of texts) length += 4 + Buffer.byteLength(text);
  const data = Buffer.allocUnsafe(length);
  let at = 0;
  for (const text of texts) {
    const written = data.write(text, at + 4);
    data.writeUInt32BE(written, at);
    at += 4 + written;
  }
  data.writeUInt32BE(Math.floor(receivedAt / 2 ** 32), at);
  data.writeUInt32BE(receivedAt % 2 ** 32, at + 4);
  return data;
}

function dayOf(receivedAt: number): number {
  if (!isMillisecond(receivedAt)) throw new RangeError('receivedAt must be milliseconds since the epoch');
  return Math.floor(receivedAt / DAY_MS);
}

function isMillisecond(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= 8.64e15;
}
