/**
 * The share of its webhooks that each contender processes before its clock starts: by then its connections are open,
 * its code is compiled and Postgres has planned its statements.
 */
export const WARM_UP_SHARE = 0.25;

/** Measures the time that a program takes after its warm-up. */
export class SteadyClock {
  readonly #total: number;
  #done = 0;
  #doneBefore = 0;
  #startedAt: number | undefined;
  #endedAt = Number.NaN;

  /** @param total webhooks, warm-up included */
  constructor(total: number) {
    this.#total = total;
  }

  /** Call it as soon as `count` more webhooks are processed. */
  done(count = 1): void {
    this.#done += count;
    this.#endedAt = performance.now();
    if (this.#startedAt !== undefined || this.#done < this.#total * WARM_UP_SHARE) return;
    this.#startedAt = this.#endedAt;
    this.#doneBefore = this.#done;
  }

  get isOver(): boolean {
    return this.#done >= this.#total;
  }

  /** From the end of the warm-up to the last webhook. */
  get measured(): { readonly webhooks: number; readonly seconds: number } {
    return {
      webhooks: this.#done - this.#doneBefore,
      seconds: (this.#endedAt - (this.#startedAt ?? Number.NaN)) / 1000,
    };
  }
}
