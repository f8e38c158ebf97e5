import type { DataSource, EntityManager } from 'typeorm';

/** How far ahead of now partitions are made. */
export interface PartitionsAhead {
  readonly monthsAhead: number;
  readonly daysAhead: number;
}

/** Daily partitions last for a week, monthly ones for a month, if nobody notices that their creation fails. */
const PARTITIONS_AHEAD: PartitionsAhead = { monthsAhead: 2, daysAhead: 7 };

type Period = 'month' | 'day';

interface PartitionedTable {
  readonly name: string;
  readonly column: string;
  readonly period: Period;
  /** Storage settings of each partition: the partitioned table itself takes none. */
  readonly settings: string;
}

const BODIES = {
  name: 'payment_webhook_bodies',
  column: 'received_at',
  period: 'day',
  settings: 'WITH (toast_tuple_target = 8160)',
} as const;

const TABLES: readonly PartitionedTable[] = [
  { name: 'payment_intents', column: 'created_at', period: 'month', settings: 'WITH (fillfactor = 85)' },
  { name: 'payment_transactions', column: 'created_at', period: 'month', settings: '' },
  BODIES,
];

interface Partition {
  readonly name: string;
  readonly table: PartitionedTable;
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

interface Connected {
  readonly primary: DataSource;
}

/**
 * Creates the missing partitions, from the one before `now` to those ahead. Rows of their ranges move from the default
 * partition to the new one. Several processes may run it concurrently.
 *
 * @throws SQLSTATE 55P03 if a long transaction holds a default partition: run it again later.
 */
export async function ensurePartitions(
  database: Connected,
  now: Date,
  ahead: Partial<PartitionsAhead> = {},
): Promise<void> {
  await makePartitions(database.primary, now, ahead);
}

/** As `ensurePartitions`. @returns the names of the partitions that it created */
export async function makePartitions(
  source: DataSource,
  now: Date,
  ahead: Partial<PartitionsAhead> = {},
): Promise<string[]> {
  const made: string[] = [];
  for (const partition of partitionsAround(now, { ...PARTITIONS_AHEAD, ...ahead })) {
    if (await exists(source.manager, partition.name)) continue;
    // One transaction each, so that locks are held for one partition only.
    if (await source.transaction((em) => makePartition(em, partition))) made.push(partition.name);
  }
  return made;
}

/**
 * Drops the daily partitions of sealed bodies that end at or before `before`, and deletes older rows from the default
 * partition. The rows of `payment_webhooks` stay, so that late duplicates are still recognized.
 *
 * @returns the names of the dropped partitions.
 */
export async function dropWebhookBodyPartitions(database: Connected, before: Date): Promise<string[]> {
  const dropped: string[] = [];
  for (const { name, to } of await attachedPartitions(database.primary.manager, BODIES)) {
    if (to > before) continue;
    await database.primary.transaction(async (em) => {
      await takeTurn(em);
      await em.query(`DROP TABLE IF EXISTS ${name}`);
    });
    dropped.push(name);
  }
  await database.primary.query(`DELETE FROM ${BODIES.name}_default WHERE ${BODIES.column} < $1`, [before]);
  return dropped;
}

/** Rows in each default partition. More than 0 means a missing partition or a wrong clock: alert. */
export async function countStrayRows(em: EntityManager): Promise<{ table: string; rows: number }[]> {
  const counts = TABLES.map(
    (table) => `SELECT '${table.name}' AS "table", count(*)::int AS "rows"
    FROM ${table.name}_default`,
  );
  return em.query(counts.join(' UNION ALL '));
}

async function makePartition(em: EntityManager, partition: Partition): Promise<boolean> {
  await takeTurn(em);
  if (await exists(em, partition.name)) return false;
  const { name, table } = partition;
  const fallback = `${table.name}_default`;
  const bounds = [partition.from, partition.to];
  // Created separately and attached: CREATE TABLE … PARTITION OF would block all readers and writers of the table.
  await em.query(`CREATE TABLE ${name} (LIKE ${table.name} INCLUDING ALL) ${table.settings}`);
  // Attaching fails if the default partition has a row of the new range. The lock keeps new ones out until then.
  await em.query(`LOCK TABLE ONLY ${fallback} IN ACCESS EXCLUSIVE MODE`);
  await em.query(
    `WITH moved AS (
       DELETE FROM ${fallback} WHERE ${table.column} >= $1 AND ${table.column} < $2 RETURNING *
     ) INSERT INTO ${name} SELECT * FROM moved`,
    bounds,
  );
  const [from, to] = bounds.map((bound) => `'${bound.toISOString()}'`);
  await em.query(`ALTER TABLE ${table.name} ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${to})`);
  return true;
}

/** Lets one transaction at a time change partitions, with a short lock time-out: other statements queue behind it. */
async function takeTurn(em: EntityManager): Promise<void> {
  await em.query(`SELECT pg_advisory_xact_lock(hashtextextended('payments:partitions', 0))`);
  await em.query(`SET LOCAL lock_timeout = '2s'`);
}

/** Queries the catalog, because the cache of `to_regclass` may be older than the wait for our turn. */
async function exists(em: EntityManager, name: string): Promise<boolean> {
  const rows: unknown[] = await em.query(
    'SELECT 1 FROM pg_class WHERE relname = $1 AND relnamespace = current_schema()::regnamespace',
    [name],
  );
  return rows.length > 0;
}

async function attachedPartitions(em: EntityManager, table: PartitionedTable): Promise<Partition[]> {
  const rows: { name: string }[] = await em.query(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1',
    [table.name],
  );
  return rows.flatMap(({ name }) => {
    const date = /_(\d{4})_(\d{2})_(\d{2})$/.exec(name);
    return date ? [partitionAt(table, Number(date[1]), Number(date[2]) - 1, Number(date[3]))] : [];
  });
}

function partitionsAround(now: Date, ahead: PartitionsAhead): Partition[] {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return TABLES.flatMap((table) => {
    const last = table.period === 'month' ? ahead.monthsAhead : ahead.daysAhead;
    // From the one before: clocks differ, and records from Kafka may be a little old.
    return Array.from({ length: last + 2 }, (_, i) =>
      table.period === 'month'
        ? partitionAt(table, year, month + i - 1, 1)
        : partitionAt(table, year, month, day + i - 1),
    );
  });
}

/** A month or day beyond the end carries over, as in `Date.UTC`. All bounds are UTC. */
function partitionAt(table: PartitionedTable, year: number, month: number, day: number): Partition {
  const from = new Date(Date.UTC(year, month, day));
  const to = new Date(
    table.period === 'month' ? Date.UTC(year, month + 1, 1) : Date.UTC(year, month, day + 1),
  );
  const name = `${table.name}_${from
    .toISOString()
    .slice(0, table.period === 'month' ? 7 : 10)
    .replaceAll('-', '_')}`;
  return { name, table, from, to };
}
