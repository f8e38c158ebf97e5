/** A piece of work in the queue, and its caller's promise. */
export interface Waiting<Work, Done> {
  readonly work: Work;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: unknown) => void;
}

export interface GatheringQueueOptions<Work, Done> {
  /** Selects the work of the next run from the queue, oldest first; none if all of it has to wait. */
  readonly take: (waiting: readonly Waiting<Work, Done>[]) => readonly Waiting<Work, Done>[];
  /** Settles every piece that was taken; never rejects. */
  readonly run: (taken: readonly Waiting<Work, Done>[]) => Promise<void>;
  /** Limit of concurrent runs. */
  readonly concurrency: number;
}

/** Group commit: what becomes ready while runs are in progress shares the next one. */
export class GatheringQueue<Work, Done> {
  readonly #options: GatheringQueueOptions<Work, Done>;
  readonly #waiting: Waiting<Work, Done>[] = [];
  #running = 0;
  #wakes = false;

  constructor(options: GatheringQueueOptions<Work, Done>) {
    this.#options = options;
  }

  /** Settles with the outcome of the run that takes it. */
  add(work: Work): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      this.wake();
    });
  }

  /** Checks whether a run can start. Deferred, so that work added in the same turn of the event loop joins it. */
  wake(): void {
    if (this.#wakes) return;
    this.#wakes = true;
    setImmediate(() => {
      this.#wakes = false;
      while (this.#running < this.#options.concurrency) {
        const taken = this.#take();
        if (taken.length === 0) return;
        void this.#run(taken);
      }
    });
  }

  #take(): readonly Waiting<Work, Done>[] {
    if (this.#waiting.length === 0) return [];
    const taken = this.#options.take(this.#waiting);
    const gone = new Set(taken);
    this.#waiting.splice(0, Number.POSITIVE_INFINITY, ...this.#waiting.filter((one) => !gone.has(one)));
    return taken;
  }

  async #run(taken: readonly Waiting<Work, Done>[]): Promise<void> {
    this.#running += 1;
    await this.#options.run(taken);
    this.#running -= 1;
    this.wake();
  }
}
