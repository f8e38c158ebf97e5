/**
 * Remembers how far each intent was handled. Kept in the database of the order service, it outlives restarts.
 *
 * While partitions change hands, two processes may handle one event at once, and each is asked for `newest` first. What
 * has to happen exactly once is written in one transaction with the version, by the handler itself, and rolled back
 * unless that made the version grow: `INSERT … ON CONFLICT (intent_id) DO UPDATE SET version = excluded.version WHERE
 * versions.version < excluded.version` has to report a row. `record` then finds it there.
 */
export interface VersionStore {
  /** The newest version of the intent that was handled; 0 if none was. */
  newest(intentId: string): Promise<number>;
  /** Called once the handler of that version has resolved. Never replaces a newer one, which another process wrote. */
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
    const newest = Math.max(version, this.#versions.get(intentId) ?? 0);
    this.#versions.delete(intentId);
    this.#versions.set(intentId, newest);
    const [longestAgo] = this.#versions.keys();
    if (this.#versions.size > this.#intentsMax && longestAgo !== undefined) {
      this.#versions.delete(longestAgo);
    }
  }
}
