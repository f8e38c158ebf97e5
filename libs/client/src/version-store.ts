/**
 * Remembers the last handled version of each intent. Kept in the order service's database, it survives restarts.
 *
 * During a rebalance two processes may handle the same event, and each reads `newest` first. What must happen exactly
 * once has to be written by the handler in one transaction with the version, and rolled back unless the version
 * increased: `INSERT … ON CONFLICT (intent_id) DO UPDATE SET version = excluded.version WHERE versions.version <
 * excluded.version` has to report a row. `record` then finds it there.
 */
export interface VersionStore {
  /** The last handled version of the intent; 0 if there is none. */
  newest(intentId: string): Promise<number>;
  /**
   * Called once the handler of that version has resolved. Must not replace a newer version written by another
   * process.
   */
  record(intentId: string, version: number): Promise<void>;
}

/** Some 20 MB. */
const INTENTS_MAX = 100_000;

/** Forgotten at a restart, as are the least recently changed intents beyond a limit: their events may be repeated. */
export class MemoryVersionStore implements VersionStore {
  readonly #intentsMax: number;
  /** Most recently changed last. */
  readonly #versions = new Map<string, number>();

  constructor(intentsMax = INTENTS_MAX) {
    this.#intentsMax = intentsMax;
  }

  async newest(intentId: string): Promise<number> {
    return this.#versions.get(intentId) ?? 0;
  }

  async record(intentId: string, version: number): Promise<void> {
    const newest = Math.max(version, this.#versions.get(intentId) ?? 0);
    this.#versions.delete(intentId);
    this.#versions.set(intentId, newest);
    const [longestAgo] = this.#versions.keys();
    if (this.#versions.size > this.#intentsMax && longestAgo !== undefined) {
      this.#versions.delete(longestAgo);
    }
  }
}
