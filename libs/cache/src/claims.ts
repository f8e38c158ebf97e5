import type { Cache } from './cache.js';

/** Remembers, for a limited time, the value that first claimed a name. */
export interface Claims {
  /**
   * Of concurrent claims of a name one wins.
   *
   * @returns the winner's value, which may be `value` itself; `undefined` if Redis does not answer
   */
  claim(name: string, value: string): Promise<string | undefined>;
}

/** SET with NX and GET together requires Redis 7. */
const CLAIM = `
  local known = redis.call('GET', KEYS[1])
  if known then return known end
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
  return ARGV[1]`;

/** @param prefix namespace of the names */
export function claims(cache: Cache, { prefix, ttlS }: { prefix: string; ttlS: number }): Claims {
  return {
    async claim(name, value) {
      const owner = await cache.script(CLAIM, [`${prefix}:${name}`], [value, ttlS]);
      return typeof owner === 'string' ? owner : undefined;
    },
  };
}
