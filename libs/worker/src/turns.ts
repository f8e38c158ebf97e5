interface Waiting {
  readonly work: number;
  readonly begin: (end: () => void) => void;
}

/**
 * Shares one thread and its memory among many tasks. Limits the work in progress, and yields to the event loop in
 * between, so that the input and output of other tasks makes progress.
 */
export class Turns {
  readonly #workMax: number;
  readonly #perTurnMax: number;
  readonly #waiting: Waiting[] = [];
  #inHand = 0;
  #isScheduled = false;

  /**
   * @param workMax limit of work in progress, unless a single piece is larger
   * @param perTurnMax limit of work begun per turn of the event loop, with the same exception
   */
  constructor(workMax: number, perTurnMax: number) {
    this.#workMax = workMax;
    this.#perTurnMax = perTurnMax;
  }

  /**
   * Resolves when a piece of work may begin, in the order of the calls, with a function that releases its share: to
   * be called at its end, or as soon as it only waits. Calling it again does nothing.
   */
  take(work: number): Promise<() => void> {
    return new Promise((begin) => {
      this.#waiting.push({ work, begin });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#beginSome();
    });
  }

  #beginSome(): void {
    let begun = 0;
    for (const { work, begin } of [...this.#waiting]) {
      if (this.#inHand > 0 && this.#inHand + work > this.#workMax) return;
      if (begun > 0 && begun + work > this.#perTurnMax) {
        this.#schedule();
        return;
      }
      begun += work;
      this.#inHand += work;
      this.#waiting.shift();
      begin(this.#endOf(work));
    }
  }

  #endOf(work: number): () => void {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#inHand -= work;
      if (this.#waiting.length > 0) this.#schedule();
    };
  }
}
