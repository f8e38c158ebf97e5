import type { Database } from '../database.js';
import { OUTBOX_SHARDS } from './append-outbox.js';

/** The state of the outbox, over all shards. */
export interface OutboxState {
  /** Rows to publish; no more than {@link OUTBOX_COUNT_MAX} are counted. */
  readonly pending: number;
  /** Time since the transaction of the oldest of them began; 0 if there is none. */
  readonly oldestMs: number;
  readonly parked: number;
  readonly oldestParkedMs: number;
}

/** Bounds the cost of counting: beyond it the exact number does not matter. */
const OUTBOX_COUNT_MAX = 10_000;

// The first row of each shard counts as its oldest: it is found at one end of an index.
const SQL = `
SELECT
  (SELECT count(*)::int FROM (SELECT FROM outbox LIMIT $2) AS counted) AS pending,
  (SELECT coalesce(max(1000 * extract(epoch FROM clock_timestamp() - first.created_at)), 0)::float8
    FROM generate_series(0, $1::int - 1) AS s (shard)
    CROSS JOIN LATERAL outbox_first(s.shard::smallint, NULL, 1) AS first
  ) AS "oldestMs",
  (SELECT count(*)::int FROM (SELECT FROM outbox_parked LIMIT $2) AS counted) AS parked,
  (SELECT coalesce(max(1000 * extract(epoch FROM clock_timestamp() - first.created_at)), 0)::float8
    FROM (SELECT created_at FROM outbox_parked LIMIT $2) AS first) AS "oldestParkedMs"`;

export async function readOutboxState(database: Database): Promise<OutboxState> {
  const [state] = (await database.primary.query(SQL, [OUTBOX_SHARDS, OUTBOX_COUNT_MAX])) as [OutboxState];
  return state;
}
