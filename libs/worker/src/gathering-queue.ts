/** What somebody waits for. */
export interface Waiting<Work, Done> {
  readonly work: Work;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: unknown) => void;
}

export interface GatheringQueueOptions<Work, Done> {
  /** Which of those that wait, the longest first, are done next, together; none if all have to go on waiting. */
  readonly take: (waiting: readonly Waiting<Work, Done>[]) => readonly Waiting<Work, Done>[];
  /** Answers each that was taken; never rejects. */
  readonly run: (taken: readonly Waiting<Work, Done>[]) => Promise<void>;
  /** Runs side by side. */
  readonly concurrency: number;
}

/** Lets what becomes ready while others are being done be done together. */
export class GatheringQueue<Work, Done> {
  readonly #options: GatheringQueueOptions<Work, Done>;
  readonly #waiting: Waiting<Work, Done>[] = [];
  #running = 0;
  #wakes = false;

  constructor(options: GatheringQueueOptions<Work, Done>) {
    this.#options = options;
  }

  /** Settles as the run that takes it says. */
  add(work: Work): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      this.wake();
    });
  }

  /**
   * Looks again whether something can be taken. Not at once: what becomes ready in the same turn of the event loop
   * goes along.
   */
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
