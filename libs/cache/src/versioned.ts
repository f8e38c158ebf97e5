import { randomUUID } from 'node:crypto';

/** A value that only a newer version may replace. */
export interface Versioned {
  /** Increases with each change; 0 for values without a version. */
  readonly version: number;
  readonly text: string;
}

/** Result of a look: the value; or a miss, with a ticket to fill it; or unknown, if Redis does not answer. */
export type Look =
  | ({ readonly kind: 'hit' } & Versioned)
  | { readonly kind: 'miss'; readonly ticket: Ticket }
  | { readonly kind: 'unknown' };

/** Permission to fill a key, as long as its content is unchanged since the miss. */
export interface Ticket {
  /** The key's content at the miss: nothing, or the last writer's mark. */
  readonly seen: string;
  /** Whether a writer changed it moments ago: a read replica may lag behind. */
  readonly justChanged: boolean;
  /** False once a mark that was set after the look may have expired unnoticed. */
  isGood(): boolean;
}

/** Seconds for which a writer's mark keeps earlier readers from filling what it changed. */
export const MARK_TTL_S = 20;
/**
 * Limit in milliseconds of a reader's time from look to fill: half a mark's life, so that no mark can come and expire
 * in between.
 */
const TICKET_MS_MAX = (MARK_TTL_S * 1000) / 2;

const MARK_SIGN = '!';

/**
 * What an invalidation stores in place of the value. Marks are unique, so that a reader notices any invalidation in
 * between.
 */
export function newMark(): { readonly value: string; readonly ttlS: number } {
  return { value: MARK_SIGN + randomUUID(), ttlS: MARK_TTL_S };
}

/** @param held the key's content: `version text`, a mark, or null */
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
