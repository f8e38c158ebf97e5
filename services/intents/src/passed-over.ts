import type { IntentId } from '@payments/domain';

/** With more than this many, the intents are not at fault. */
const COUNT_MAX = 100;
const DURATION_MS = 600_000;

/** Intents that could not be expired: skipped for ten minutes each, so that they do not block others. */
export class PassedOver {
  readonly #until = new Map<IntentId, number>();

  /**
   * @param now in milliseconds since the epoch
   * @returns whether there was room for it
   */
  add(intentId: IntentId, now: number): boolean {
    if (this.#until.size >= COUNT_MAX) return false;
    this.#until.set(intentId, now + DURATION_MS);
    return true;
  }

  /** The intents to skip at present. */
  at(now: number): IntentId[] {
    for (const [intentId, until] of this.#until) if (until <= now) this.#until.delete(intentId);
    return [...this.#until.keys()];
  }
}
