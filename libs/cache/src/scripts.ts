import type { Redis } from 'ioredis';

/** Redis executes each script atomically. */
export const SCRIPTS = {
  /** KEYS: the key. ARGV: its expected content, version, text, seconds to live. Returns 1 if it was written. */
  fillIfUnchanged: {
    numberOfKeys: 1,
    lua: `
      local held = redis.call('GET', KEYS[1]) or ''
      if held ~= ARGV[1] then
        local version = tonumber(string.match(held, '^(%d+) '))
        if not version or version >= tonumber(ARGV[2]) then return 0 end
      end
      redis.call('SET', KEYS[1], ARGV[2] .. ' ' .. ARGV[3], 'EX', ARGV[4])
      return 1`,
  },
  /** KEYS: any number. ARGV: the value of all of them and their seconds to live. */
  setAll: {
    lua: `
      for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'EX', ARGV[2]) end
      return 1`,
  },
} as const;

/** A client created with {@link SCRIPTS}. */
export interface Scripted extends Redis {
  fillIfUnchanged(key: string, seen: string, version: number, text: string, ttlS: number): Promise<number>;
  /** The keys, then the value and the seconds to live. */
  setAll(keysCount: number, ...keysAndValue: (string | number)[]): Promise<number>;
}
