import { hash } from 'node:crypto';
import { BoundedLru } from '../bounded-lru.js';

/** About 10 MB when full. */
const COUNT_MAX = 50_000;

/**
 * Binds a transmission id to the first body seen with it. PayPal signs only a CRC32 of the body, so a
 * captured signature can be put on a forged body of the same checksum; PayPal itself never sends two
 * bodies under one transmission id.
 *
 * This is one process's memory of its most recent transmissions. It does not cover a forged body that
 * reaches another process, one that comes before the genuine delivery, after a restart, or after 50,000
 * others. Against those stands what is shared: deduplication by the event's id, and that events which
 * raise money are applied only after the resource was fetched from PayPal.
 */
export class TransmissionLog {
  readonly #bodies: BoundedLru<string>;

  constructor(countMax: number = COUNT_MAX) {
    this.#bodies = new BoundedLru(countMax);
  }

  /** False if the id was seen with another body. Call it only for signatures that were found valid. */
  admits(transmissionId: string, body: Buffer): boolean {
    const digest = hash('sha256', body, 'base64');
    const seen = this.#bodies.get(transmissionId);
    if (seen === undefined) this.#bodies.set(transmissionId, digest);
    return seen === undefined || seen === digest;
  }
}
