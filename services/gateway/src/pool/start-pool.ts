import { type Database, leaseAttempts } from '@payments/persistence';
import { AttemptRunner, type AttemptRunnerDeps } from '../attempts/attempt-runner.js';
import type { HeldAttempt } from '../attempts/held-attempt.js';
import { LeasePool } from './lease-pool.js';

export interface AttemptPoolOptions extends AttemptRunnerDeps {
  readonly pollIntervalMs: number;
  /** Beside the calls: for waiting one's turn, and for transactions before and after. In milliseconds. */
  readonly leaseSlackMs: number;
}

/** An inquiry, and the same call sent again. */
const CALLS_A_LEASE = 2;

/** Leases attempts of the line's gateway and takes each as far as it goes, until it is closed. */
export function startAttemptPool(options: AttemptPoolOptions): LeasePool<HeldAttempt> {
  const { database, line, events, pollIntervalMs, leaseSlackMs } = options;
  const runner = new AttemptRunner(options);
  const pool: LeasePool<HeldAttempt> = new LeasePool({
    lease: (limit) => leaseSome(database, options, limit, CALLS_A_LEASE * line.timeoutMs + leaseSlackMs),
    work: (held) => runner.run(held),
    room: (inHand) => line.room(inHand),
    pollIntervalMs,
    onLeaseFailed: (error) => events.leaseFailed(error),
  });
  return pool;
}

async function leaseSome(
  database: Database,
  { line }: Pick<AttemptPoolOptions, 'line'>,
  limit: number,
  leaseMs: number,
): Promise<HeldAttempt[]> {
  const { provider, isLeftAlone: onlyWithFallback } = line;
  const heldUntil = performance.now() + leaseMs;
  const { leased } = await database.transaction((em) =>
    leaseAttempts(em, { provider, limit, leaseMs, onlyWithFallback }),
  );
  return leased.map((one) => ({ ...one, heldUntil }));
}
