import type { Database, saveConsumerOffsets } from '@payments/persistence';
import type { DeadLetters } from './dead-letters.js';
import type { FailureWindow } from './failure-window.js';
import type { Handler } from './handler.js';
import type { JointTransactions } from './joint-transactions.js';
import type { Turns } from './turns.js';
import type { WorkerEvents } from './worker-events.js';

/** How often, and for how long, a record with a transient failure is retried. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  readonly attemptsMax: number;
  /** Milliseconds since its first failure. */
  readonly ageMaxMs: number;
}

export const RETRY_POLICY: RetryPolicy = {
  baseMs: 1_000,
  capMs: 30_000,
  attemptsMax: 12,
  ageMaxMs: 24 * 60 * 60 * 1000,
};

/** What every batch of one worker shares. */
export interface WorkerContext<T, Effect> {
  readonly group: string;
  readonly handler: Handler<T, Effect>;
  readonly database: Pick<Database, 'transaction'>;
  readonly saveConsumerOffsets: typeof saveConsumerOffsets;
  readonly transactions: JointTransactions<T, Effect>;
  /** Counted in records. */
  readonly turns: Turns;
  readonly makePartitions: () => Promise<void>;
  readonly deadLetters: Pick<DeadLetters, 'write'>;
  readonly failures: FailureWindow;
  readonly retry: RetryPolicy;
  readonly events: WorkerEvents;
}
