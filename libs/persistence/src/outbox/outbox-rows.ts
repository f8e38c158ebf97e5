import type { Database } from '../database.js';
import { bigints, smallints } from '../statements/binary-arrays.js';
import { columnsOf, type OutboxLease } from './outbox-leases.js';

/** A row of the outbox, as read by a relay. */
export interface PendingRow {
  readonly shard: number;
  readonly id: bigint;
  readonly paymentIntentId: string;
  readonly version: bigint;
  readonly topic: string;
  readonly key: string;
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** Time since its transaction began, by the clock of Postgres. */
  readonly ageMs: number;
  /** An older row of its intent and topic is parked, so it has to be parked as well. */
  readonly behindParked: boolean;
  /** Its shard may have more rows than were read. */
  readonly moreBehind: boolean;
}

export interface ReadLimits {
  readonly rowsPerShardMax: number;
  /** Limit of the stored payloads' sizes; a larger one is read alone. */
  readonly bytesPerShardMax: number;
  /** Rows of other topics are left to relays of a newer release. */
  readonly topics: readonly string[];
}

/** A row that cannot be published, and why. */
export interface RowToPark {
  readonly row: Pick<PendingRow, 'shard' | 'id'>;
  readonly code: string;
  readonly error: string;
}

// Always from the beginning, never "newer than the last id seen": ids are assigned before commits, so a row may appear
// below those seen. Ids of one intent increase with its versions (appendOutbox), so that the first rows of a shard
// contain no version without the ones before it.
const READ = `
SELECT o.shard, o.id, o.payment_intent_id, o.version, o.topic, o.key, o.payload, o.headers,
  1000 * extract(epoch FROM clock_timestamp() - o.created_at)::float8 AS age_ms,
  EXISTS (SELECT FROM outbox_parked AS p
    WHERE p.shard = o.shard AND p.payment_intent_id = o.payment_intent_id AND p.topic = o.topic) AS behind_parked,
  o.count = $4 OR o.bytes > $5 AS more_behind
FROM unnest($1::smallint[], $2::bigint[]) AS held (shard, fence)
JOIN outbox_leases USING (shard, fence)
CROSS JOIN LATERAL (
  SELECT first.*, sum(pg_column_size(payload)) OVER (ORDER BY id) - pg_column_size(payload) AS bytes_before,
    count(*) OVER () AS count, sum(pg_column_size(payload)) OVER () AS bytes
  FROM outbox_first(held.shard, $3::text[], $4::int) AS first
) AS o
WHERE o.bytes_before < $5
ORDER BY o.shard, o.id`;

// Locks the lease rows: another relay takes a shard either before this statement, which then does nothing, or after it.
const HELD = `
held AS MATERIALIZED (
  SELECT shard FROM outbox_leases
  JOIN unnest($1::smallint[], $2::bigint[]) AS mine (shard, fence) USING (shard, fence)
  ORDER BY shard FOR SHARE OF outbox_leases
)`;

const DELETE = `
WITH ${HELD}, gone AS (
  DELETE FROM outbox USING held, unnest($3::smallint[], $4::bigint[]) AS sent (shard, id)
  WHERE held.shard = sent.shard AND outbox.shard = sent.shard AND outbox.id = sent.id
  RETURNING outbox.id
)
SELECT count(*)::int AS count FROM gone`;

const PARK = `
WITH ${HELD}, gone AS (
  DELETE FROM outbox USING held,
    unnest($3::smallint[], $4::bigint[], $5::text[], $6::text[]) AS bad (shard, id, code, error)
  WHERE held.shard = bad.shard AND outbox.shard = bad.shard AND outbox.id = bad.id
  RETURNING outbox.*, bad.code, bad.error
), parked AS (
  INSERT INTO outbox_parked
    (shard, id, payment_intent_id, version, created_at, topic, key, payload, headers, code, error)
  SELECT shard, id, payment_intent_id, version, created_at, topic, key, payload, headers, code, error FROM gone
  RETURNING id
)
SELECT count(*)::int AS count FROM parked`;

// With their old ids, so that they come before newer rows.
const UNPARK = `
WITH ${HELD}, gone AS (
  DELETE FROM outbox_parked USING held WHERE outbox_parked.shard = held.shard RETURNING outbox_parked.*
), back AS (
  INSERT INTO outbox (shard, id, payment_intent_id, version, created_at, topic, key, payload, headers)
  OVERRIDING SYSTEM VALUE
  SELECT shard, id, payment_intent_id, version, created_at, topic, key, payload, headers FROM gone
  RETURNING id
)
SELECT count(*)::int AS count FROM back`;

interface RawRow {
  readonly shard: number;
  readonly id: string;
  readonly payment_intent_id: string;
  readonly version: string;
  readonly topic: string;
  readonly key: string;
  readonly payload: unknown;
  readonly headers: Record<string, string>;
  readonly age_ms: number;
  readonly behind_parked: boolean;
  readonly more_behind: boolean;
}

/** The first rows of each shard, in the order in which to publish them; none of a shard whose lease is lost. */
export async function readOutbox(
  database: Database,
  held: readonly OutboxLease[],
  { topics, rowsPerShardMax, bytesPerShardMax }: ReadLimits,
): Promise<PendingRow[]> {
  const parameters = [...columnsOf(held), topics, rowsPerShardMax, bytesPerShardMax];
  const rows: RawRow[] = await database.primary.query(READ, parameters);
  return rows.map((row) => ({
    shard: row.shard,
    id: BigInt(row.id),
    paymentIntentId: row.payment_intent_id,
    version: BigInt(row.version),
    topic: row.topic,
    key: row.key,
    payload: row.payload,
    headers: row.headers,
    ageMs: row.age_ms,
    behindParked: row.behind_parked,
    moreBehind: row.more_behind,
  }));
}

/** Deletes rows that the broker acknowledged; none of a shard whose lease is lost. @returns how many */
export async function deletePublished(
  database: Database,
  held: readonly OutboxLease[],
  rows: readonly Pick<PendingRow, 'shard' | 'id'>[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const ids = [smallints(rows.map(({ shard }) => shard)), bigints(rows.map(({ id }) => id))];
  return count(database, DELETE, [...columnsOf(held), ...ids]);
}

/** Moves rows to `outbox_parked`, with the reason; none of a shard whose lease is lost. @returns how many */
export async function parkOutbox(
  database: Database,
  held: readonly OutboxLease[],
  bad: readonly RowToPark[],
): Promise<number> {
  if (bad.length === 0) return 0;
  return count(database, PARK, [
    ...columnsOf(held),
    bad.map(({ row }) => row.shard),
    bad.map(({ row }) => row.id),
    bad.map(({ code }) => code),
    bad.map(({ error }) => error),
  ]);
}

/** Moves all parked rows of the shards back to the front of the outbox. @returns how many */
export async function unparkOutbox(database: Database, held: readonly OutboxLease[]): Promise<number> {
  return held.length === 0 ? 0 : count(database, UNPARK, columnsOf(held));
}

async function count(database: Database, sql: string, parameters: unknown[]): Promise<number> {
  const [row]: { count: number }[] = await database.primary.query(sql, parameters);
  return row?.count ?? 0;
}
