const BASE_MS = 500;
const CAP_MS = 30_000;

/** A part that ran so long has recovered: the next restart is its first. */
export const STABLE_AFTER_MS = 60_000;

/** Milliseconds to wait before the nth restart (1 and up) in a row: doubling, 30 s at most. */
export function restartDelayMs(restartsInARow: number): number {
  return Math.min(CAP_MS, BASE_MS * 2 ** (restartsInARow - 1));
}
