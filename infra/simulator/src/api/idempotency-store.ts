import { BoundedMap } from '../bounded-map.js';
import type { SimulatorClock } from '../clock.js';
import type { Answer } from './call.js';

/** Under which key a request came, and what has to be the same when it comes again. */
export interface IdempotencyKey {
  readonly key: string;
  readonly fingerprint: string;
  readonly lifetimeMs: number;
}

export type Beginning =
  | { readonly kind: 'new' }
  | { readonly kind: 'replay'; readonly answer: Answer }
  /** The first request with the key has no answer yet. */
  | { readonly kind: 'in-use' }
  /** Another request came with the key. */
  | { readonly kind: 'differs' };

interface Entry {
  readonly fingerprint: string;
  readonly expiresAtMs: number;
  answer: Answer | undefined;
}

/** What a gateway remembers of requests with an idempotency key, for as long as it says. */
export class IdempotencyStore {
  readonly #entries: BoundedMap<string, Entry>;
  readonly #clock: SimulatorClock;

  constructor(clock: SimulatorClock, entriesMax: number) {
    this.#clock = clock;
    this.#entries = new BoundedMap(entriesMax);
  }

  begin({ key, fingerprint, lifetimeMs }: IdempotencyKey): Beginning {
    const now = this.#clock.now();
    const known = this.#entries.get(key);
    if (known !== undefined && known.expiresAtMs > now) {
      if (known.fingerprint !== fingerprint) return { kind: 'differs' };
      return known.answer === undefined ? { kind: 'in-use' } : { kind: 'replay', answer: known.answer };
    }
    this.#entries.delete(key);
    this.#entries.set(key, { fingerprint, expiresAtMs: now + lifetimeMs, answer: undefined });
    return { kind: 'new' };
  }

  /** Keeps the answer; without one the key is as if it had never come. */
  end({ key }: IdempotencyKey, answer: Answer | undefined): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (answer === undefined) this.#entries.delete(key);
    else entry.answer = answer;
  }

  clear(): void {
    this.#entries.clear();
  }
}
