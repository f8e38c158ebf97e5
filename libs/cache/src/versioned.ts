import { randomUUID } from 'node:crypto';

/** A value that only a newer version may replace. */
export interface Versioned {
  /** Grows with each change; 0 for what has none. */
  readonly version: number;
  readonly text: string;
}

/** What a reader found: the value; or nothing, and a ticket to fill it; or that Redis does not say. */
export type Look =
  | ({ readonly kind: 'hit' } & Versioned)
  | { readonly kind: 'miss'; readonly ticket: Ticket }
  | { readonly kind: 'unknown' };

/** The right to fill a key that was found without a value, as long as it stays as it was seen. */
export interface Ticket {
  /** What stood there: nothing, or the mark of the last writer. */
  readonly seen: string;
  /** Whether a writer changed it moments ago: a read replica may not know of that yet. */
  readonly justChanged: boolean;
  /** False once a mark that was set after the look may have run out unseen. */
  isGood(): boolean;
}

/** How long a writer keeps readers who began before it from filling what it changed. */
export const MARK_TTL_S = 20;
/** A reader that takes longer fills nothing: half a mark's life, so that no mark comes and goes meanwhile. */
const TICKET_MS_MAX = (MARK_TTL_S * 1000) / 2;

const MARK_SIGN = '!';

/** What a writer leaves in place of a value. No two are alike, so that a reader sees that one came in between. */
export function newMark(): { readonly value: string; readonly ttlS: number } {
  return { value: MARK_SIGN + randomUUID(), ttlS: MARK_TTL_S };
}

/** @param held what Redis has: `version text`, a mark, or null */
export function lookAt(held: string | null): Look {
  const seen = held ?? '';
  const end = seen.indexOf(' ');
  if (end > 0) return { kind: 'hit', version: Number(seen.slice(0, end)), text: seen.slice(end + 1) };
  const lookedAt = performance.now();
  return {
    kind: 'miss',
    ticket: {
      seen,
      justChanged: seen.startsWith(MARK_SIGN),
      isGood: () => performance.now() - lookedAt < TICKET_MS_MAX,
    },
  };
}
