import type { Logger, Metrics } from '@payments/runtime';
import CircuitBreaker from 'opossum';
import { inTime, RedisTimeoutError } from './in-time.js';

/** Circuit breaker: stops calling Redis for a while when it fails, so that no caller waits for it. */
export interface RedisBreaker {
  /** @returns the result of `call`; `undefined` if it failed, timed out, or was refused */
  run<T>(operation: string, call: () => Promise<T>): Promise<T | undefined>;
  /** Whether calls are refused, except for occasional probes. */
  readonly isOpen: boolean;
  shutdown(): void;
}

const CALLS_COUNT_MIN = 3;
const ERROR_PERCENT_MAX = 50;
const WINDOW_MS = 5_000;

const STATE_CLOSED = 0;
const STATE_HALF_OPEN = 1;
const STATE_OPEN = 2;

export function createBreaker({
  logger,
  metrics,
  timeoutMs,
  resetMs,
  onOpen,
}: {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly timeoutMs: number;
  readonly resetMs: number;
  readonly onOpen: () => void;
}): RedisBreaker {
  const breaker = new CircuitBreaker<[call: () => Promise<unknown>]>((call) => inTime(timeoutMs, call()), {
    timeout: false,
    resetTimeout: resetMs,
    volumeThreshold: CALLS_COUNT_MIN,
    errorThresholdPercentage: ERROR_PERCENT_MAX,
    rollingCountTimeout: WINDOW_MS,
    rollingPercentilesEnabled: false,
  });
  const failures = metrics.counter({
    name: 'cache_failures_total',
    help: 'Calls to Redis without an answer, by operation and reason: open, timeout or failed.',
    labelNames: ['operation', 'reason'],
  });
  const state = metrics.gauge({
    name: 'cache_breaker_state',
    help: 'Breaker in front of Redis: 0 closed, 1 half open (one call is let through), 2 open.',
  });
  state.set(STATE_CLOSED);
  let answering = true;
  breaker.on('open', () => {
    state.set(STATE_OPEN);
    onOpen();
    // It reopens after every failed probe, which needs no log line.
    if (answering) logger.warn({ reset_ms: resetMs }, 'Redis does not answer: going on without it');
    answering = false;
  });
  breaker.on('halfOpen', () => state.set(STATE_HALF_OPEN));
  breaker.on('close', () => {
    state.set(STATE_CLOSED);
    answering = true;
    logger.info('Redis answers again');
  });

  return {
    async run<T>(operation: string, call: () => Promise<T>): Promise<T | undefined> {
      try {
        return (await breaker.fire(call)) as T;
      } catch (error) {
        failures.inc({ operation, reason: reasonOf(error) });
        return undefined;
      }
    },
    get isOpen() {
      return !breaker.closed;
    },
    shutdown: () => breaker.shutdown(),
  };
}

function reasonOf(error: unknown): 'open' | 'timeout' | 'failed' {
  if (error instanceof RedisTimeoutError) return 'timeout';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EOPENBREAKER' || code === 'ESHUTDOWN' ? 'open' : 'failed';
}
