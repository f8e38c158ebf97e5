/**
 * Tracks which records of a batch are finished. Only the low-water mark may be committed: records behind an
 * unfinished one are redelivered after a crash.
 */
export class Progress {
  readonly #offsets: readonly bigint[];
  readonly #finished = new Set<bigint>();
  #low = 0;

  /** @param offsets ascending, as Kafka delivered them; gaps are allowed. */
  constructor(offsets: readonly bigint[]) {
    this.#offsets = offsets;
  }

  finish(offset: bigint): void {
    this.#finished.add(offset);
    this.#low = this.#advance(this.#low, () => false);
  }

  /** The offset after the last record that is finished along with all before it, if any. */
  get next(): bigint | undefined {
    return this.#after(this.#low);
  }

  /** `next` once `alsoFinished` are finished too: the offset to record in their own transaction. */
  nextWith(alsoFinished: ReadonlySet<bigint>): bigint | undefined {
    return this.#after(this.#advance(this.#low, (offset) => alsoFinished.has(offset)));
  }

  get complete(): boolean {
    return this.#low === this.#offsets.length;
  }

  #advance(from: number, also: (offset: bigint) => boolean): number {
    let index = from;
    for (; index < this.#offsets.length; index += 1) {
      const offset = this.#offsets[index] as bigint;
      if (!this.#finished.has(offset) && !also(offset)) break;
    }
    return index;
  }

  #after(index: number): bigint | undefined {
    const last = this.#offsets[index - 1];
    return last === undefined ? undefined : last + 1n;
  }
}
