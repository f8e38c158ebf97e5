import { GatheringQueue, type Waiting } from '@payments/worker';

export interface GroupCommitOptions<Work, Done> {
  /** Works with the same key run one at a time. */
  readonly keyOf: (work: Work) => string;
  /** Executes works of different keys in one transaction; returns their outcomes in order. */
  readonly together: (works: readonly Work[]) => Promise<readonly Done[]>;
  /** Executes one work in a transaction of its own, with retries: it may take all the time it has. */
  readonly alone: (work: Work) => Promise<Done>;
  /** Whether works that failed together may be repeated: nothing was committed, or repetition is harmless. */
  readonly isRepeatable: (error: unknown) => boolean;
  /** Limit of concurrent shared transactions, and again of single ones; each takes a database connection. */
  readonly concurrency: number;
}

/** More of them per transaction save nothing, and hold their locks for longer. */
const WORKS_MAX = 64;

/**
 * Group commit: works that become ready while transactions are running share the next one. If it fails, each of its
 * works is executed separately, so that a work only ever sees its own failure. Separate executions do not delay the
 * next shared transaction: a locked payment must not hold up the others.
 */
export class GroupCommit<Work, Done> {
  readonly #options: GroupCommitOptions<Work, Done>;
  readonly #keysInHand = new Set<string>();
  readonly #together: GatheringQueue<Work, Done>;
  /** Of transactions that failed. */
  readonly #alone: GatheringQueue<Work, Done>;

  constructor(options: GroupCommitOptions<Work, Done>) {
    this.#options = options;
    const { concurrency } = options;
    this.#together = new GatheringQueue({
      take: (waiting) => this.#ofDifferentKeys(waiting),
      run: (taken) => this.#commit(taken),
      concurrency,
    });
    this.#alone = new GatheringQueue({
      take: (waiting) => waiting.slice(0, 1),
      run: async (taken) => {
        for (const one of taken) await this.#commitAlone(one);
      },
      concurrency,
    });
  }

  /**
   * Resolves once the work is committed.
   *
   * @throws the error of its own transaction, or of the shared one if that must not be repeated
   */
  run(work: Work): Promise<Done> {
    return this.#together.add(work);
  }

  /** The oldest works with distinct keys, none of which is in progress. */
  #ofDifferentKeys(waiting: readonly Waiting<Work, Done>[]): Waiting<Work, Done>[] {
    const taken: Waiting<Work, Done>[] = [];
    for (const one of waiting) {
      if (taken.length === WORKS_MAX) break;
      const key = this.#options.keyOf(one.work);
      if (this.#keysInHand.has(key)) continue;
      this.#keysInHand.add(key);
      taken.push(one);
    }
    return taken;
  }

  async #commit(taken: readonly Waiting<Work, Done>[]): Promise<void> {
    const { together, isRepeatable } = this.#options;
    try {
      const done = await together(taken.map(({ work }) => work));
      taken.forEach(({ resolve }, index) => {
        resolve(done[index] as Done);
      });
    } catch (error) {
      if (isRepeatable(error)) {
        for (const one of taken) void this.#alone.add(one.work).then(one.resolve, one.reject);
        return;
      }
      for (const { reject } of taken) reject(error);
    }
    for (const { work } of taken) this.#letGo(work);
  }

  async #commitAlone(one: Waiting<Work, Done>): Promise<void> {
    await this.#options.alone(one.work).then(one.resolve, one.reject);
    this.#letGo(one.work);
    this.#together.wake();
  }

  #letGo(work: Work): void {
    this.#keysInHand.delete(this.#options.keyOf(work));
  }
}
