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

interface Waiting<Work, Done> {
  readonly work: Work;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: unknown) => void;
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
  readonly #waiting: Waiting<Work, Done>[] = [];
  readonly #keysInHand = new Set<string>();
  /** Of transactions that failed. */
  readonly #single: Waiting<Work, Done>[] = [];
  #running = 0;
  #runningSingle = 0;
  #wakes = false;

  constructor(options: GroupCommitOptions<Work, Done>) {
    this.#options = options;
  }

  /** Resolves once it is committed. @throws what fails its own transaction, or all if they must not be repeated */
  run(work: Work): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      this.#wake();
    });
  }

  /** Not at once: what becomes ready in the same turn of the event loop goes along. */
  #wake(): void {
    if (this.#wakes) return;
    this.#wakes = true;
    setImmediate(() => {
      this.#wakes = false;
      while (this.#running < this.#options.concurrency) {
        const group = this.#take();
        if (group.length === 0) return;
        void this.#commit(group);
      }
    });
  }

  /** Those that wait the longest, and none whose key is in hand. */
  #take(): Waiting<Work, Done>[] {
    const taken: Waiting<Work, Done>[] = [];
    const left = this.#waiting.filter((one) => {
      const key = this.#options.keyOf(one.work);
      if (taken.length === WORKS_MAX || this.#keysInHand.has(key)) return true;
      this.#keysInHand.add(key);
      taken.push(one);
      return false;
    });
    this.#waiting.splice(0, Number.POSITIVE_INFINITY, ...left);
    return taken;
  }

  async #commit(group: readonly Waiting<Work, Done>[]): Promise<void> {
    this.#running += 1;
    const isSettled = await this.#settle(group);
    this.#running -= 1;
    if (isSettled) {
      this.#letGo(group);
    } else {
      this.#single.push(...group);
      this.#startSingle();
    }
    if (this.#waiting.length > 0) this.#wake();
  }

  /** Never rejects. @returns false if each is to be done by itself */
  async #settle(group: readonly Waiting<Work, Done>[]): Promise<boolean> {
    const { together, isRepeatable } = this.#options;
    try {
      const done = await together(group.map(({ work }) => work));
      group.forEach(({ resolve }, index) => {
        resolve(done[index] as Done);
      });
    } catch (error) {
      if (isRepeatable(error)) return false;
      for (const { reject } of group) reject(error);
    }
    return true;
  }

  #startSingle(): void {
    while (this.#runningSingle < this.#options.concurrency) {
      const one = this.#single.shift();
      if (one === undefined) return;
      void this.#commitSingle(one);
    }
  }

  async #commitSingle(one: Waiting<Work, Done>): Promise<void> {
    this.#runningSingle += 1;
    await this.#options.alone(one.work).then(one.resolve, one.reject);
    this.#runningSingle -= 1;
    this.#letGo([one]);
    this.#startSingle();
    if (this.#waiting.length > 0) this.#wake();
  }

  #letGo(works: readonly Waiting<Work, Done>[]): void {
    for (const { work } of works) this.#keysInHand.delete(this.#options.keyOf(work));
  }
}
