export interface Page<T> {
  readonly entries: readonly T[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** @param found one more than `countMax` if there is another page */
export function pageOf<T>(found: readonly T[], countMax: number, cursorOf: (last: T) => string): Page<T> {
  const entries = found.slice(0, countMax);
  const last = found.length > countMax ? entries.at(-1) : undefined;
  return { entries, nextCursor: last === undefined ? null : cursorOf(last) };
}
