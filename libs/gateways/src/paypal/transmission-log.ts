import { hash } from 'node:crypto';
import { BoundedLru } from '../bounded-lru.js';

/** About 10 MB when full. */
const COUNT_MAX = 50_000;

/**
 * Binds a transmission id to the first body seen with it. PayPal signs only a CRC32 of the body, so that a captured
 * signature also fits a forged body with the same checksum; PayPal itself never sends two bodies under one transmission
 * id.
 *
 * The log is one process's memory of its latest transmissions. It does not stop a forged body that reaches another
 * process, or arrives before the genuine one, after a restart or after 50,000 others. Two shared checks do: events are
 * deduplicated by id, and those that raise money are applied only after the resource was fetched from PayPal.
 */
export class TransmissionLog {
  readonly #bodies: BoundedLru<string>;

  constructor(countMax: number = COUNT_MAX) {
    this.#bodies = new BoundedLru(countMax);
  }

  /** False if the id was seen with another body. Call it only after the signature was verified. */
  admits(transmissionId: string, body: Buffer): boolean {
    const digest = hash('sha256', body, 'base64');
    const seen = this.#bodies.get(transmissionId);
    if (seen === undefined) this.#bodies.set(transmissionId, digest);
    return seen === undefined || seen === digest;
  }
}
