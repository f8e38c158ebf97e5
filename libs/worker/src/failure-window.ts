/** Over half of the recent records failed for unexpected reasons: an operator has to look. */
export class SystemicFailureError extends Error {
  override readonly name = 'SystemicFailureError';
}

/** Counts unexpected failures among the last `size` records. */
export class FailureWindow {
  readonly #outcomes: boolean[] = [];
  readonly #size: number;
  #failures = 0;

  constructor(size = 200) {
    this.#size = size;
  }

  succeeded(count: number): void {
    for (let n = Math.min(count, this.#size); n > 0; n -= 1) this.#record(false);
  }

  failed(): void {
    this.#record(true);
  }

  /** True once the window is full and over half of it failed: the fault is ours, not the messages'. */
  get systemic(): boolean {
    return this.#outcomes.length === this.#size && this.#failures * 2 > this.#size;
  }

  #record(failed: boolean): void {
    this.#outcomes.push(failed);
    if (failed) this.#failures += 1;
    if (this.#outcomes.length > this.#size && this.#outcomes.shift()) this.#failures -= 1;
  }
}
