import { committedOffsets } from '@payments/messaging';
import { readConsumerOffsets } from '@payments/persistence';
import type { WorkerOptions } from './worker.js';

/** Records of a partition that are finished for Kafka and not for the database: from, and up to before, these offsets. */
export interface LostRecords {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

type Places = Pick<WorkerOptions<unknown, unknown>, 'kafka' | 'database' | 'group' | 'topic'>;

/**
 * What a database has lost that was restored from a backup, or in whose place a replica came that lacked the last
 * commits. To be asked before the group consumes again, since its first transaction covers it.
 */
export async function findLostRecords({ kafka, database, group, topic }: Places): Promise<LostRecords[]> {
  // Kafka first: what is committed there was committed in the database before.
  const committed = await committedOffsets(kafka, group, topic);
  const saved = await readConsumerOffsets(database.primary.manager, group, topic);
  const nextOf = new Map(saved.map(({ partition, nextOffset }) => [partition, nextOffset]));
  return Array.from(committed, ([partition, to]) => ({
    partition,
    from: nextOf.get(partition) ?? 0n,
    to,
  })).filter(({ from, to }) => from < to);
}
