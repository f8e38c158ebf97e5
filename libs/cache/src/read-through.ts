import type { Cache } from './cache.js';
import type { Ticket, Versioned } from './versioned.js';

export type ReadCache = Pick<Cache, 'look' | 'fill'>;

/**
 * Result of a read. An `isEmpty` one is returned but not cached: requests for what does not exist must not fill
 * Redis.
 */
export interface Found extends Versioned {
  readonly isEmpty?: boolean;
}

/** A key, and its time to live in seconds. */
export interface CachedKey {
  readonly key: string;
  readonly ttlS: number;
}

/**
 * Cache-aside: returns the cached value, or what `read` finds, which is then cached unless it changed in the
 * meantime.
 *
 * @param read receives the ticket if Redis answered
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
  // The reader does not wait for the write.
  if (!found.isEmpty && ticket !== undefined) void cache.fill(key, ticket, found, ttlS);
  return found.text;
}

/** Replaces a cached value that is older: a read past the cache has seen the latest. */
export function offerNewer(cache: ReadCache, { key, ttlS }: CachedKey, value: Versioned): void {
  void cache.fill(key, undefined, value, ttlS);
}
