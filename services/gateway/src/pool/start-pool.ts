import { leaseAttempts } from '@payments/persistence';
import { AttemptRunner, type AttemptRunnerDeps } from '../attempts/attempt-runner.js';
import { endOfLease, type HeldAttempt } from '../attempts/held-attempt.js';
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
  const { line, events, pollIntervalMs } = options;
  const runner = new AttemptRunner(options);
  return new LeasePool({
    lease: (limit) => leaseSome(options, limit),
    work: (held) => runner.run(held),
    room: (inHand) => line.room(inHand),
    pollIntervalMs,
    onLeaseFailed: (error) => events.leaseFailed(error),
  });
}

async function leaseSome(
  { database, line, policy, leaseSlackMs }: AttemptPoolOptions,
  limit: number,
): Promise<HeldAttempt[]> {
  for (;;) {
    const { provider } = line;
    const leftAlone = line.isLeftAlone ? policy : null;
    const leaseMs = CALLS_A_LEASE * line.timeoutMs + leaseSlackMs;
    const heldUntil = endOfLease(leaseMs);
    const { leased, more } = await leaseAttempts(database.primary, { provider, limit, leaseMs, leftAlone });
    // Those that have to wait for others were put off: who stands behind them has its turn now.
    if (leased.length > 0 || !more) return leased.map((one) => ({ ...one, heldUntil }));
  }
}
