/** Limit of remembered positions that the replica lacks; the oldest one determines the lag. */
const POSITIONS_COUNT_MAX = 1_000;

/**
 * Lag of a replica, by positions in the write-ahead log: a position that the primary had at some moment and the
 * replica has not replayed yet means a lag back to that moment. Needs no server's clock, and also works when the
 * replica receives nothing any more, where the time of its last transaction would be of no use.
 */
export class ReplicationLag {
  readonly #missing: { readonly atMs: number; readonly position: bigint }[] = [];

  /**
   * @param atMs on a monotonic clock
   * @param primary the primary's write position, queried before the replica's; undefined if it does not answer
   * @param replayed the replica's replay position
   * @returns milliseconds, exact to the interval between two calls
   */
  measure(atMs: number, primary: bigint | undefined, replayed: bigint): number {
    while (this.#missing[0] !== undefined && this.#missing[0].position <= replayed) this.#missing.shift();
    // Before the newest position is added: what was written just now is on its way.
    const lagMs = atMs - (this.#missing[0]?.atMs ?? atMs);
    if (primary !== undefined && primary > replayed && this.#missing.length < POSITIONS_COUNT_MAX) {
      this.#missing.push({ atMs, position: primary });
    }
    return lagMs;
  }
}
