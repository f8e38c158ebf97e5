import type { EntityManager } from 'typeorm';

/** A consumer group's position in one partition. */
export interface ConsumerOffset {
  readonly consumerGroup: string;
  readonly topic: string;
  readonly partition: number;
  /** Offset of the first record that is not finished. */
  readonly nextOffset: bigint;
}

const SAVE = `
INSERT INTO consumer_offsets AS saved (consumer_group, topic, partition, next_offset)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[])
ON CONFLICT (consumer_group, topic, partition) DO UPDATE
SET next_offset = excluded.next_offset, updated_at = now()
WHERE excluded.next_offset > saved.next_offset`;

const READ = `
SELECT consumer_group, topic, partition, next_offset FROM consumer_offsets
WHERE consumer_group = $1 AND topic = $2 ORDER BY partition`;

/**
 * Saves positions in the transaction of their effects. A position never moves backwards: a stale worker that finishes
 * late, or a redelivery, changes nothing.
 */
export async function saveConsumerOffsets(em: EntityManager, rows: readonly ConsumerOffset[]): Promise<void> {
  if (rows.length === 0) return;
  const furthest = furthestInOrder(rows);
  await em.query(SAVE, [
    furthest.map((row) => row.consumerGroup),
    furthest.map((row) => row.topic),
    furthest.map((row) => row.partition),
    furthest.map((row) => row.nextOffset),
  ]);
}

/** The positions saved by `group` in `topic`: where to resume after a restore. */
export async function readConsumerOffsets(
  em: EntityManager,
  group: string,
  topic: string,
): Promise<ConsumerOffset[]> {
  const rows: { consumer_group: string; topic: string; partition: number; next_offset: string }[] =
    await em.query(READ, [group, topic]);
  return rows.map((row) => ({
    consumerGroup: row.consumer_group,
    topic: row.topic,
    partition: row.partition,
    nextOffset: BigInt(row.next_offset),
  }));
}

/** Postgres cannot update one row twice in a statement; one order for all writers prevents deadlocks. */
function furthestInOrder(rows: readonly ConsumerOffset[]): ConsumerOffset[] {
  const furthest = new Map<string, ConsumerOffset>();
  for (const row of rows) {
    const key = JSON.stringify([row.consumerGroup, row.topic, row.partition]);
    const known = furthest.get(key);
    if (!known || known.nextOffset < row.nextOffset) furthest.set(key, row);
  }
  return [...furthest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
