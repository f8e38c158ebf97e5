import type { Cache } from './cache.js';

/** Remembers for a time what a name was first used for. */
export interface Claims {
  /**
   * The first of several that claim a name at once has it.
   *
   * @returns what `name` stands for: `value` itself unless another was first; `undefined` if Redis does not say.
   */
  claim(name: string, value: string): Promise<string | undefined>;
}

/** SET with NX and GET together needs Redis 7. */
const CLAIM = `
  local known = redis.call('GET', KEYS[1])
  if known then return known end
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
  return ARGV[1]`;

/** @param prefix keeps these names apart from all other keys. */
export function claims(cache: Cache, { prefix, ttlS }: { prefix: string; ttlS: number }): Claims {
  return {
    async claim(name, value) {
      const owner = await cache.script(CLAIM, [`${prefix}:${name}`], [value, ttlS]);
      return typeof owner === 'string' ? owner : undefined;
    },
  };
}
