/**
 * Remembers how far each intent was handled. Kept in the database of the order service, it outlives restarts, and
 * what a handler writes in one transaction with it happens exactly once.
 */
export interface VersionStore {
  /** The newest version of the intent that was handled; 0 if none was. */
  newest(intentId: string): Promise<number>;
  /** Called once the handler of that version has resolved. */
  record(intentId: string, version: number): Promise<void>;
}

/** Some 20 MB. */
const INTENTS_MAX = 100_000;

/** Forgets at a restart, and the intents that changed longest ago past a bound: their events may come again. */
export class MemoryVersionStore implements VersionStore {
  readonly #intentsMax: number;
  /** The one that changed last at the end. */
  readonly #versions = new Map<string, number>();

  constructor(intentsMax = INTENTS_MAX) {
    this.#intentsMax = intentsMax;
  }

  async newest(intentId: string): Promise<number> {
    return this.#versions.get(intentId) ?? 0;
  }

  async record(intentId: string, version: number): Promise<void> {
    this.#versions.delete(intentId);
    this.#versions.set(intentId, version);
    const [longestAgo] = this.#versions.keys();
    if (this.#versions.size > this.#intentsMax && longestAgo !== undefined) {
      this.#versions.delete(longestAgo);
    }
  }
}
