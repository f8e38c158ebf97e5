/** Positions of the primary that are remembered while the replica lacks them; the oldest tells the lag. */
const POSITIONS_COUNT_MAX = 1_000;

/**
 * How far a replica is behind, by positions in the write-ahead log: a position that the primary had at some moment
 * and the replica has not replayed yet makes it as old as that moment. Needs no clock of either server, and says
 * so too when the replica no longer receives anything, where the time of its last transaction would not tell.
 */
export class ReplicationLag {
  readonly #missing: { readonly atMs: number; readonly position: bigint }[] = [];

  /**
   * @param atMs of any clock that only goes forward
   * @param primary where the primary writes, asked before the replica was; undefined if it does not answer
   * @param replayed up to where the replica has come
   * @returns milliseconds, exact to the interval between two calls
   */
  measure(atMs: number, primary: bigint | undefined, replayed: bigint): number {
    while (this.#missing[0] !== undefined && this.#missing[0].position <= replayed) this.#missing.shift();
    // Before the newest position is added: what was written this moment is on its way.
    const lagMs = atMs - (this.#missing[0]?.atMs ?? atMs);
    if (primary !== undefined && primary > replayed && this.#missing.length < POSITIONS_COUNT_MAX) {
      this.#missing.push({ atMs, position: primary });
    }
    return lagMs;
  }
}
