import type { Logger, Metrics } from '@payments/runtime';
import { Redis } from 'ioredis';
import { inTime } from './in-time.js';
import { OwedMarks } from './owed-marks.js';
import { createBreaker, type RedisBreaker } from './redis-breaker.js';
import { SCRIPTS, type Scripted } from './scripts.js';
import { type Look, lookAt, newMark, type Ticket, type Versioned } from './versioned.js';

/**
 * Redis as a cache. A key that is absent, or not answered in time, is a miss. No method rejects, and none waits while
 * Redis is down.
 */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  /** One value per key, in order. */
  mget(keys: readonly string[]): Promise<(string | undefined)[]>;
  /** @returns whether Redis confirmed it */
  set(key: string, value: string, ttlS: number): Promise<boolean>;
  /** Sets all keys to one value with a single command. @returns whether Redis confirmed it */
  setAll(keys: readonly string[], value: string, ttlS: number): Promise<boolean>;
  /** Runs a Lua script, atomically. @returns its result; `undefined` if Redis does not answer */
  script(lua: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** Reads what {@link fill} wrote, or obtains a ticket to write it. */
  look(key: string): Promise<Look>;
  /**
   * Caches a value that was read after `look` missed, unless the key was invalidated or filled in the meantime: a
   * slow reader never restores a stale value. Without a ticket it only replaces an older version.
   *
   * @returns whether the value is cached now
   */
  fill(key: string, ticket: Ticket | undefined, value: Versioned, ttlS: number): Promise<boolean>;
  /**
   * Invalidates what `fill` cached, and the tickets of readers that started before. Call it after the commit. Without
   * confirmation by Redis it is retried in the background, as long as this process lives.
   *
   * @returns whether Redis confirmed it
   */
  invalidate(keys: readonly string[]): Promise<boolean>;
  /** Whether the circuit breaker is open: Redis is down, not merely slow. */
  readonly isAway: boolean;
  /** Pings Redis, bypassing the breaker. @returns the failure; `undefined` if Redis answers */
  ping(): Promise<string | undefined>;
  close(): void;
}

export interface CacheOptions {
  readonly url: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Time-out of a call in milliseconds: 100 by default. */
  readonly timeoutMs?: number;
  /** Milliseconds after a failure during which Redis is not called: 1,000 by default. */
  readonly breakerResetMs?: number;
}

/** Far above what Redis needs: a busy event loop must not look like a Redis that hangs. */
const CALL_TIMEOUT_MS = 100;
const RECONNECT_DELAY_MS_MAX = 2_000;
/** Milliseconds for an abandoned connection to close before it is destroyed. */
const DISCONNECT_TIMEOUT_MS = 200;

/** Connects in the background; the first calls wait for the connection, within their time-out. */
export function createCache({
  url,
  logger,
  metrics,
  timeoutMs = CALL_TIMEOUT_MS,
  breakerResetMs = 1_000,
}: CacheOptions): Cache {
  const redis = new Redis(url, {
    scripts: SCRIPTS,
    // Commands of one turn of the event loop share a write and a reply.
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, RECONNECT_DELAY_MS_MAX),
  });
  // The breaker reports when Redis goes down and comes back; each failed reconnection in between is a detail.
  redis.on('error', (error: Error) => logger.debug({ err: error }, 'no connection to Redis'));
  const breaker = createBreaker({
    logger,
    metrics,
    timeoutMs,
    resetMs: breakerResetMs,
    // A connection that hangs never closes by itself, and would block every call sent on it. (socketTimeout of
    // ioredis 5 would also close the connection after it: redis/ioredis#2147.)
    onOpen: () => {
      if (redis.status === 'ready' || redis.status === 'connect') redis.disconnect(true);
    },
  });
  return new RedisCache(redis as Scripted, breaker, metrics, timeoutMs);
}

class RedisCache implements Cache {
  readonly #redis: Scripted;
  readonly #breaker: RedisBreaker;
  readonly #timeoutMs: number;
  readonly #owed: OwedMarks;
  readonly #firstAttempt: Promise<void>;
  readonly #reads;

  constructor(redis: Scripted, breaker: RedisBreaker, metrics: Metrics, timeoutMs: number) {
    this.#redis = redis;
    this.#breaker = breaker;
    this.#timeoutMs = timeoutMs;
    this.#owed = new OwedMarks((keys) => this.#mark(keys), metrics);
    this.#firstAttempt = new Promise((resolve) => {
      redis.once('ready', resolve);
      redis.once('close', resolve);
    });
    this.#reads = metrics.counter({
      name: 'cache_reads_total',
      help: 'Keys read from Redis, by kind (what stands before the colon) and outcome: hit or miss. Keys that could not be read are neither.',
      labelNames: ['kind', 'outcome'],
    });
  }

  async get(key: string): Promise<string | undefined> {
    const [value] = await this.mget([key]);
    return value;
  }

  async mget(keys: readonly string[]): Promise<(string | undefined)[]> {
    if (keys.length === 0) return [];
    const values = await this.#run('read', () => this.#redis.mget([...keys]));
    if (values === undefined) return keys.map(() => undefined);
    this.#count(keys, values);
    return values.map((value) => value ?? undefined);
  }

  async set(key: string, value: string, ttlS: number): Promise<boolean> {
    return (await this.#run('write', () => this.#redis.set(key, value, 'EX', ttlS))) !== undefined;
  }

  async setAll(keys: readonly string[], value: string, ttlS: number): Promise<boolean> {
    if (keys.length === 0) return true;
    const done = await this.#run('write', () => this.#redis.setAll(keys.length, ...keys, value, ttlS));
    return done !== undefined;
  }

  script(lua: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.#run('script', () => this.#redis.eval(lua, keys.length, ...keys, ...args));
  }

  async look(key: string): Promise<Look> {
    // null: the key does not exist; undefined: Redis did not answer.
    const held = await this.#run('read', () => this.#redis.get(key));
    if (held === undefined) return { kind: 'unknown' };
    const look = lookAt(held);
    // An invalidation mark is not a value.
    this.#count([key], [look.kind === 'hit' ? held : null]);
    return look;
  }

  async fill(
    key: string,
    ticket: Ticket | undefined,
    { version, text }: Versioned,
    ttlS: number,
  ): Promise<boolean> {
    if (ticket !== undefined && !ticket.isGood()) return false;
    const filled = await this.#run('write', () =>
      // A blank never equals a stored value.
      this.#redis.fillIfUnchanged(key, ticket?.seen ?? ' ', version, text, ttlS),
    );
    return filled === 1;
  }

  async invalidate(keys: readonly string[]): Promise<boolean> {
    if (keys.length === 0) return true;
    const done = await this.#mark(keys);
    if (!done) this.#owed.add(keys);
    return done;
  }

  get isAway(): boolean {
    return this.#breaker.isOpen;
  }

  async ping(): Promise<string | undefined> {
    try {
      await inTime(
        this.#timeoutMs,
        this.#firstAttempt.then(() => this.#redis.ping()),
      );
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  close(): void {
    this.#owed.close();
    this.#breaker.shutdown();
    this.#redis.disconnect();
  }

  async #mark(keys: readonly string[]): Promise<boolean> {
    const { value, ttlS } = newMark();
    const done = await this.#run('invalidate', () => this.#redis.setAll(keys.length, ...keys, value, ttlS));
    return done !== undefined;
  }

  #count(keys: readonly string[], values: readonly (string | null)[]): void {
    // Summed first: a batch reads hundreds of keys of one kind.
    const sums = new Map<string, { hit: number; miss: number }>();
    for (const [index, key] of keys.entries()) {
      const kind = key.slice(0, key.indexOf(':'));
      const sum = sums.get(kind) ?? { hit: 0, miss: 0 };
      sum[values[index] === null ? 'miss' : 'hit'] += 1;
      sums.set(kind, sum);
    }
    for (const [kind, { hit, miss }] of sums) {
      if (hit > 0) this.#reads.inc({ kind, outcome: 'hit' }, hit);
      if (miss > 0) this.#reads.inc({ kind, outcome: 'miss' }, miss);
    }
  }

  /** @returns `undefined` if the call failed, timed out, or was refused by the breaker */
  #run<T>(operation: string, call: () => Promise<T>): Promise<T | undefined> {
    return this.#breaker.run(operation, () =>
      this.#redis.status === 'ready' ? call() : this.#firstAttempt.then(call),
    );
  }
}
