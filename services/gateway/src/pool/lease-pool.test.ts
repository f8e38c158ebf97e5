import { afterEach, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { LeasePool, type LeasePoolOptions } from './lease-pool.js';

/** Work that ends when the test says so. */
class Bench {
  readonly due: string[] = [];
  readonly started: string[] = [];
  readonly failures: unknown[] = [];
  readonly limits: number[] = [];
  readonly #ends = new Map<string, (areOthersDue: boolean) => void>();
  leaseFails: Error | undefined;

  pool(over: Partial<LeasePoolOptions<string>> = {}): LeasePool<string> {
    const pool = new LeasePool<string>({
      lease: async (limit) => {
        this.limits.push(limit);
        if (this.leaseFails !== undefined) throw this.leaseFails;
        return this.due.splice(0, limit);
      },
      work: (one) => {
        this.started.push(one);
        return new Promise((resolve) => this.#ends.set(one, resolve));
      },
      room: (inHand) => 2 - inHand,
      pollIntervalMs: 60_000,
      onLeaseFailed: (error) => this.failures.push(error),
      ...over,
    });
    pools.push(pool);
    return pool;
  }

  end(one: string, { areOthersDue = false } = {}): void {
    this.#ends.get(one)?.(areOthersDue);
  }
}

const pools: LeasePool<string>[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close(AbortSignal.abort());
});

/** Lets everything that is ready to run do so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is due is worked on side by side, never more than allowed, and an end makes room', async () => {
  const bench = new Bench();
  bench.due.push('a', 'b', 'c');
  const pool = bench.pool();
  await settled();
  expect(bench.started).toEqual(['a', 'b']);
  pool.wake();
  await settled();
  expect(bench.started).toEqual(['a', 'b']);
  bench.end('b');
  await settled();
  expect(bench.started).toEqual(['a', 'b', 'c']);
  expect(bench.limits).toEqual([2, 1]);
});

test('the end of one looks for others if they may be due because of it, or if there was no room for all', async () => {
  const bench = new Bench();
  bench.due.push('a');
  bench.pool();
  await settled();
  bench.end('a');
  await settled();
  expect(bench.limits).toEqual([2]);
  bench.due.push('b');
  bench.pool();
  await settled();
  bench.due.push('c');
  bench.end('b', { areOthersDue: true });
  await settled();
  expect(bench.started).toEqual(['a', 'b', 'c']);
});

test('the pool sleeps while nothing is due and is woken', async () => {
  const bench = new Bench();
  const pool = bench.pool();
  await settled();
  bench.due.push('a');
  await settled();
  expect(bench.started).toEqual([]);
  pool.wake();
  await settled();
  expect(bench.started).toEqual(['a']);
});

test('without being woken it looks again after the interval', async () => {
  const bench = new Bench();
  bench.pool({ pollIntervalMs: 1 });
  await settled();
  bench.due.push('a');
  await until(() => bench.started.length > 0, { what: 'work to start' });
  expect(bench.started).toEqual(['a']);
});

test('a smaller limit holds from the next leasing on', async () => {
  const bench = new Bench();
  bench.due.push('a', 'b', 'c');
  let concurrency = 2;
  bench.pool({ room: (inHand) => concurrency - inHand });
  await settled();
  concurrency = 1;
  bench.end('a');
  await settled();
  expect(bench.started).toEqual(['a', 'b']);
  bench.end('b');
  await settled();
  expect(bench.started).toEqual(['a', 'b', 'c']);
});

test('leasing that fails is told and tried again', async () => {
  const bench = new Bench();
  bench.leaseFails = new Error('database gone');
  bench.due.push('a');
  bench.pool();
  await settled();
  expect(bench.failures).toEqual([bench.leaseFails]);
  bench.leaseFails = undefined;
  await until(() => bench.started.length > 0, { what: 'work to start' });
  expect(bench.started).toEqual(['a']);
});

test('closing leases nothing more and waits for what is in hand', async () => {
  const bench = new Bench();
  bench.due.push('a');
  const pool = bench.pool();
  await settled();
  let closed = false;
  const closing = pool.close().then(() => {
    closed = true;
  });
  bench.due.push('b');
  pool.wake();
  await settled();
  expect([closed, bench.started]).toEqual([false, ['a']]);
  bench.end('a');
  await closing;
  expect(bench.started).toEqual(['a']);
});

test('closing waits no longer than the deadline', async () => {
  const bench = new Bench();
  bench.due.push('a');
  const pool = bench.pool();
  await settled();
  await pool.close(AbortSignal.abort());
  expect(pool.size).toBe(1);
});
