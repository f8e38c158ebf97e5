import type { Cache } from './cache.js';
import type { Ticket, Versioned } from './versioned.js';

export type ReadCache = Pick<Cache, 'look' | 'fill'>;

/** What a read found; `isEmpty` is told and not cached: whoever asks for what is not there does not fill Redis. */
export interface Found extends Versioned {
  readonly isEmpty?: boolean;
}

/** A key, and how long what it holds may be told again, in seconds. */
export interface CachedKey {
  readonly key: string;
  readonly ttlS: number;
}

/**
 * Cache-aside: what is cached, or else what `read` finds, which is cached then unless somebody changed it meanwhile.
 *
 * @param read is given the ticket if Redis answered
 */
export async function readThrough(
  cache: ReadCache,
  { key, ttlS }: CachedKey,
  read: (ticket: Ticket | undefined) => Promise<Found>,
): Promise<string> {
  const look = await cache.look(key);
  if (look.kind === 'hit') return look.text;
  const ticket = look.kind === 'miss' ? look.ticket : undefined;
  const found = await read(ticket);
  // Nobody has to wait for it.
  if (!found.isEmpty && ticket !== undefined) void cache.fill(key, ticket, found, ttlS);
  return found.text;
}

/** Replaces what is cached if that is older: who reads past the cache has seen the newest. */
export function offerNewer(cache: ReadCache, { key, ttlS }: CachedKey, value: Versioned): void {
  void cache.fill(key, undefined, value, ttlS);
}
