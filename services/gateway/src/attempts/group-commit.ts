import { GatheringQueue, type Waiting } from '@payments/worker';

export interface GroupCommitOptions<Work, Done> {
  /** Of works with the same key only one is in hand at a time. */
  readonly keyOf: (work: Work) => string;
  /** Tries works of different keys in one transaction; what came of each, in order. */
  readonly together: (works: readonly Work[]) => Promise<readonly Done[]>;
  /** Does one in a transaction of its own, again and again if need be: it may take as long as it has. */
  readonly alone: (work: Work) => Promise<Done>;
  /** Whether what failed together may be done once more: nothing of it was committed, or that would do no harm. */
  readonly isRepeatable: (error: unknown) => boolean;
  /** Transactions side by side, and as many again of single works; each takes a database connection. */
  readonly concurrency: number;
}

/** More of them in one transaction save nothing, and hold their locks for longer. */
const WORKS_MAX = 64;

/**
 * Lets works that become ready while others are being committed share one transaction. If it fails, each of them is
 * done by itself, so that a work only ever learns of its own failure. That goes on beside the next transactions: one
 * whose payment somebody keeps locked must not hold up the others.
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

  /** Resolves once it is committed. @throws what fails its own transaction, or all if they must not be repeated */
  run(work: Work): Promise<Done> {
    return this.#together.add(work);
  }

  /** Those that wait the longest, and none whose key is in hand. */
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
