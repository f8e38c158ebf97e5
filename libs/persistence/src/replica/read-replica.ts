import type { Logger, Metrics } from '@payments/runtime';
import type { DataSource } from 'typeorm';
import { type DatabaseOptions, dataSource } from '../data-source.js';
import type { Database } from '../database.js';
import { databaseErrorOf, sqlState } from '../database-error.js';
import { ReplicationLag } from './replication-lag.js';

export interface ReadReplicaOptions extends Omit<DatabaseOptions, 'url' | 'logger'> {
  /** Without a URL, or with the primary's, every read goes to the primary. */
  readonly url: string | undefined;
  readonly primaryUrl: string;
  readonly primary: Database['primary'];
  /** Milliseconds: a replica that lags further behind is not used. */
  readonly lagMsMax: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds between two checks of the replica: 1,000 by default. */
  readonly intervalMs?: number;
}

/** For reads that tolerate slightly stale data. */
export interface ReadReplica {
  /**
   * Runs `read` on the replica while it is available and keeps up, else on the primary. @throws the error of `read`
   * there
   */
  read<T>(read: (source: DataSource) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** After so many failed checks the replica is not used. */
const CHECKS_MISSED_MAX = 3;

/** Returns at once; the replica is used once a check finds it available, and again after each outage. */
export function openReadReplica(options: ReadReplicaOptions): ReadReplica {
  const { url, primaryUrl, primary } = options;
  if (!url || url === primaryUrl) return { read: (read) => read(primary), close: async () => {} };
  return new WatchedReplica({ ...options, url });
}

class WatchedReplica implements ReadReplica {
  readonly #options: ReadReplicaOptions & { readonly url: string };
  readonly #intervalMs: number;
  readonly #lag = new ReplicationLag();
  readonly #timer: NodeJS.Timeout;
  readonly #fallbacks;
  readonly #lagGauge;
  readonly #usableGauge;
  #source: DataSource | undefined;
  #checking: Promise<void> | undefined;
  #seenAtMs = Number.NEGATIVE_INFINITY;
  #lagMs = 0;
  #wasUsable: boolean | undefined;

  constructor(options: ReadReplicaOptions & { readonly url: string }) {
    this.#options = options;
    this.#intervalMs = options.intervalMs ?? 1_000;
    const { metrics } = options;
    this.#fallbacks = metrics.counter({
      name: 'database_replica_fallbacks_total',
      help: 'Reads that the primary answered in place of the replica.',
    });
    this.#lagGauge = metrics.gauge({
      name: 'database_replica_lag_seconds',
      help: 'Replication lag, exact to a second; the last known one while the replica does not answer.',
    });
    this.#usableGauge = metrics.gauge({
      name: 'database_replica_usable',
      help: 'Whether reads use the replica: 1 while it answers and keeps up, else 0.',
    });
    this.#timer = setInterval(() => this.#check(), this.#intervalMs);
    this.#timer.unref();
    this.#check();
  }

  async read<T>(read: (source: DataSource) => Promise<T>): Promise<T> {
    const source = this.#usable();
    if (source !== undefined) {
      try {
        return await read(source);
      } catch (error) {
        if (!isReplicasFault(error)) throw error;
        if (databaseErrorOf(error)?.kind === 'unavailable') this.#seenAtMs = Number.NEGATIVE_INFINITY;
      }
    }
    this.#fallbacks.inc();
    return read(this.#options.primary);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking;
    await this.#source?.destroy();
  }

  #usable(): DataSource | undefined {
    const isSeen = performance.now() - this.#seenAtMs <= CHECKS_MISSED_MAX * this.#intervalMs;
    return isSeen && this.#lagMs <= this.#options.lagMsMax ? this.#source : undefined;
  }

  #check(): void {
    this.#checking ??= this.#measure()
      .catch((error: unknown) => {
        this.#seenAtMs = Number.NEGATIVE_INFINITY;
        this.#options.logger.debug({ err: error }, 'the read replica does not answer');
      })
      .finally(() => {
        this.#checking = undefined;
        this.#report();
      });
  }

  async #measure(): Promise<void> {
    this.#source ??= await dataSource(this.#options, { readOnly: true }).initialize();
    // The primary first, so that the replica can only be ahead of its position.
    const primary = await positionOfPrimary(this.#options.primary).catch(() => undefined);
    const replayed = await positionOfReplica(this.#source);
    const now = performance.now();
    // Not a standby that can be measured: a different kind of replica, or a separate database.
    this.#lagMs = replayed === undefined ? 0 : this.#lag.measure(now, primary, replayed);
    this.#seenAtMs = now;
  }

  #report(): void {
    const isUsable = this.#usable() !== undefined;
    this.#lagGauge.set(this.#lagMs / 1000);
    this.#usableGauge.set(isUsable ? 1 : 0);
    if (isUsable === this.#wasUsable) return;
    this.#wasUsable = isUsable;
    if (isUsable) this.#options.logger.info('reading from the replica');
    else
      this.#options.logger.warn(
        { lag_ms: this.#lagMs },
        'the replica is gone or behind: reading from the primary',
      );
  }
}

/** Whether the primary may succeed. A statement that timed out would time out there too. */
function isReplicasFault(error: unknown): boolean {
  return databaseErrorOf(error) !== undefined && sqlState(error) !== '57014';
}

interface Row {
  readonly position: string | null;
}

async function positionOfPrimary(source: DataSource): Promise<bigint | undefined> {
  // A primary that was read-only for a while looks like a standby.
  const [row]: Row[] = await source.query(
    `SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text END AS position`,
  );
  return positionOf(row);
}

async function positionOfReplica(source: DataSource): Promise<bigint | undefined> {
  const [row]: Row[] = await source.query(
    `SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::text AS position WHERE pg_is_in_recovery()`,
  );
  return positionOf(row);
}

function positionOf(row: Row | undefined): bigint | undefined {
  return typeof row?.position === 'string' ? BigInt(row.position) : undefined;
}
