/** A record of a batch. */
export interface Tracked {
  readonly offset: bigint;
  readonly done: boolean;
}

/**
 * How far a batch is finished. Only the low-water mark may be committed: records behind an unfinished one are
 * redelivered after a crash.
 */
export class Progress {
  readonly #records: readonly Tracked[];
  /** Number of records that are done along with all before them, as last counted. */
  #low = 0;

  /** @param records ascending by offset, as Kafka delivered them; gaps are allowed. */
  constructor(records: readonly Tracked[]) {
    this.#records = records;
  }

  /** The offset after the last record that is done along with all before it, if any. */
  get next(): bigint | undefined {
    while (this.#records[this.#low]?.done) this.#low += 1;
    return this.#after(this.#low);
  }

  /**
   * `next` once `alsoDone` are done too: the offset to record in their own transaction.
   *
   * @param alsoDone records that are not done, in their order
   */
  nextWith(alsoDone: readonly Tracked[]): bigint | undefined {
    let low = this.#low;
    for (let also = 0; low < this.#records.length; low += 1) {
      if (this.#records[low]?.done) continue;
      if (this.#records[low] !== alsoDone[also]) break;
      also += 1;
    }
    return this.#after(low);
  }

  #after(index: number): bigint | undefined {
    const last = this.#records[index - 1];
    return last === undefined ? undefined : last.offset + 1n;
  }
}
