import type { Cache } from './cache.js';
import { type Admission, ProcessWindow } from './process-window.js';

/** A limit within any span of time. While Redis is down each process enforces it by itself. */
export interface SlidingLimit {
  readonly limit: number;
  /** Admitting the same `member` again within the span does not count. */
  admit(key: string, member: string): Promise<Admission>;
}

export interface SlidingLimitOptions {
  /** Namespace of the keys. */
  readonly prefix: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** Uses Redis' clock, since those of the processes differ. */
const ADMIT = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local window = tonumber(ARGV[2])
  local limit = tonumber(ARGV[3])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
  local count = redis.call('ZCARD', KEYS[1])
  local admitted = 1
  if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
    if count >= limit then
      admitted = 0
    else
      redis.call('ZADD', KEYS[1], now, ARGV[1])
      redis.call('PEXPIRE', KEYS[1], window)
      count = count + 1
    end
  end
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return { admitted, math.max(0, limit - count), oldest[2] + window - now }`;

/** Limit of what a process remembers while Redis is down: some 20 MB. */
const KEYS_MAX = 10_000;

export function slidingLimit(cache: Cache, { prefix, limit, windowMs }: SlidingLimitOptions): SlidingLimit {
  const alone = new ProcessWindow({ limit, windowMs, keysMax: KEYS_MAX });
  return {
    limit,
    async admit(key, member) {
      const answer = await cache.script(ADMIT, [`${prefix}:${key}`], [member, windowMs, limit]);
      if (!Array.isArray(answer)) return alone.admit(key, member, performance.now());
      const [admitted, remaining, resetMs] = answer.map(Number) as [number, number, number];
      return { admitted: admitted === 1, remaining, resetMs };
    },
  };
}
