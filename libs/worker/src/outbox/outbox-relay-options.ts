import type { BatchingProducer, SchemaCodec } from '@payments/messaging';
import type { Database, PendingRow } from '@payments/persistence';
import type { Backoff, Logger, Metrics } from '@payments/runtime';
import type { OutboxRoute } from './outbox-route.js';

export interface OutboxRelayOptions {
  readonly database: Database;
  /** May be shared. Its queue must take at least {@link OUTBOX_RELAY_TUNING}.rowsMax records. */
  readonly producer: Pick<BatchingProducer, 'send' | 'stalledMs'>;
  readonly codec: Pick<SchemaCodec, 'register' | 'encode'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** One for each topic to publish; all topics of the pipeline by default. Rows of other topics stay in the outbox. */
  readonly routes?: readonly OutboxRoute[];
  /**
   * Called with rows each time before they are published: for work that has to be done after a commit and before
   * consumers see its events, even if the process that committed dies in between. While it fails, nothing is published.
   */
  readonly beforeSend?: (rows: readonly PendingRow[]) => Promise<unknown>;
  readonly tuning?: Partial<OutboxRelayTuning>;
}

export interface OutboxRelayTuning {
  /** The shards of a killed relay are taken over after at most `leaseMs` + `renewMs`. */
  readonly leaseMs: number;
  readonly renewMs: number;
  /** Interval of polling for rows without a wake-up: those of a process that died right after its commit. */
  readonly sweepMs: number;
  /** Limit of rows in one round, over all shards. */
  readonly rowsMax: number;
  /** Limit of the payloads in one round, over all shards; a larger one is read alone in its shard. */
  readonly bytesMax: number;
  /** Between tries while a dependency is down. */
  readonly backoff: Backoff;
}

/** Leases can be short: one that is lost too early only causes repeated records. */
export const OUTBOX_RELAY_TUNING: OutboxRelayTuning = {
  leaseMs: 6_000,
  renewMs: 2_000,
  sweepMs: 1_000,
  // Many, because a round takes a few turns of a busy event loop, however many rows it publishes.
  rowsMax: 4_096,
  bytesMax: 8 * 1024 * 1024,
  backoff: { baseMs: 100, capMs: 2_000 },
};
