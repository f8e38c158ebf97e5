import type { EntityManager } from 'typeorm';
import type { Database } from '../database.js';
import { OUTBOX_SHARDS } from './append-outbox.js';

/** The exclusive right to publish a shard. Each time it is taken, the fencing token increases. */
export interface OutboxLease {
  readonly shard: number;
  readonly fence: bigint;
}

export interface LeaseRound {
  /** Id of the running relay; another run has another id. */
  readonly holder: string;
  readonly held: readonly OutboxLease[];
  /** Duration of leases from now on, by the clock of Postgres. */
  readonly leaseMs: number;
}

export interface LeaseRoundResult {
  /** Those of `held` that this relay still holds. */
  readonly kept: readonly OutboxLease[];
  readonly taken: readonly OutboxLease[];
  /** How many shards a relay should hold at most, given the current number of relays. */
  readonly share: number;
}

interface LeaseRow {
  readonly shard: number;
  readonly fence: string;
}

// No lease lasts this long: such a time is from before the clock of Postgres was set back, for example by a failover.
// A live relay renews its leases in each round; a dead one would keep them for as long as the clock jumped.
const HAS_ENDED = `(expires_at <= now() OR expires_at > now() + interval '15 min')`;

const MAKE_LEASES = `
INSERT INTO outbox_leases (shard, expires_at, holder)
SELECT shard, '-infinity', '' FROM generate_series(0, $1::int - 1) AS shard
ON CONFLICT (shard) DO NOTHING`;

const REPORT_LIFE = `
INSERT INTO outbox_relays (holder, expires_at) VALUES ($1, now() + $2::float8 * interval '1 ms')
ON CONFLICT (holder) DO UPDATE SET expires_at = excluded.expires_at`;

const FORGET_DEAD = `
DELETE FROM outbox_relays WHERE holder IN (
  SELECT holder FROM outbox_relays WHERE ${HAS_ENDED} FOR UPDATE SKIP LOCKED
)`;

const COUNT_RELAYS = `SELECT count(*)::int AS relays FROM outbox_relays WHERE NOT ${HAS_ENDED}`;

// An expired lease that nobody took is still ours: its fence is unchanged. Rows are locked in the same order as by
// DELETE in outbox-rows.ts, to avoid deadlocks.
const RENEW = `
WITH mine AS MATERIALIZED (
  SELECT shard FROM outbox_leases
  JOIN unnest($1::smallint[], $2::bigint[]) AS held (shard, fence) USING (shard, fence)
  ORDER BY shard FOR NO KEY UPDATE OF outbox_leases
), renewed AS (
  UPDATE outbox_leases SET expires_at = now() + $3::float8 * interval '1 ms'
  FROM mine WHERE outbox_leases.shard = mine.shard
  RETURNING outbox_leases.shard, outbox_leases.fence
)
SELECT shard, fence FROM renewed`;

const TAKE = `
WITH free AS MATERIALIZED (
  SELECT shard FROM outbox_leases WHERE ${HAS_ENDED}
  ORDER BY shard LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
  UPDATE outbox_leases SET fence = fence + 1, holder = $2, expires_at = now() + $3::float8 * interval '1 ms'
  FROM free WHERE outbox_leases.shard = free.shard
  RETURNING outbox_leases.shard, outbox_leases.fence
)
SELECT shard, fence FROM taken`;

const RELEASE = `
WITH mine AS MATERIALIZED (
  SELECT shard FROM outbox_leases
  JOIN unnest($1::smallint[], $2::bigint[]) AS held (shard, fence) USING (shard, fence)
  ORDER BY shard FOR NO KEY UPDATE OF outbox_leases
)
UPDATE outbox_leases SET expires_at = now() FROM mine WHERE outbox_leases.shard = mine.shard`;

/** Inserts missing lease rows; a new database has none. */
export async function makeOutboxLeases(database: Database): Promise<void> {
  await database.primary.query(MAKE_LEASES, [OUTBOX_SHARDS]);
}

/**
 * One round of a relay: reports that it is alive, renews its leases, and takes free ones up to its share. Rounds have
 * to follow one another within `leaseMs`.
 */
export function renewOutboxLeases(database: Database, round: LeaseRound): Promise<LeaseRoundResult> {
  const { holder, held, leaseMs } = round;
  return database.transaction(async (em) => {
    await em.query(REPORT_LIFE, [holder, leaseMs]);
    await em.query(FORGET_DEAD);
    const [{ relays }] = (await em.query(COUNT_RELAYS)) as [{ relays: number }];
    const share = Math.ceil(OUTBOX_SHARDS / Math.max(1, relays));
    const kept = await leases(em, RENEW, [...columnsOf(held), leaseMs]);
    const wanted = share - kept.length;
    const taken = wanted > 0 ? await leases(em, TAKE, [wanted, holder, leaseMs]) : [];
    return { kept, taken, share };
  });
}

/** Releases leases, so that another relay can take them at once. Leases that were lost before are not affected. */
export async function releaseOutboxLeases(database: Database, held: readonly OutboxLease[]): Promise<void> {
  if (held.length > 0) await database.primary.query(RELEASE, columnsOf(held));
}

/** Removes a relay that ends, so that the others share its shards. */
export async function removeOutboxRelay(database: Database, holder: string): Promise<void> {
  await database.primary.query('DELETE FROM outbox_relays WHERE holder = $1', [holder]);
}

/** Leases as statement parameters: arrays of shards and fences. */
export function columnsOf(held: readonly OutboxLease[]): [number[], bigint[]] {
  return [held.map(({ shard }) => shard), held.map(({ fence }) => fence)];
}

async function leases(em: EntityManager, sql: string, parameters: unknown[]): Promise<OutboxLease[]> {
  const rows: LeaseRow[] = await em.query(sql, parameters);
  return rows.map(({ shard, fence }) => ({ shard, fence: BigInt(fence) }));
}
