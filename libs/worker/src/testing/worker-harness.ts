import { until } from '@payments/local/testing';
import { Health } from '@payments/runtime';
import { type Handler, startWorker, type Worker } from '../index.js';
import { createTestParts, failTest, type TestParts } from './test-parts.js';

/** A worker under test on the shared stack: its own topic, of one partition by default, and its own database. */
export interface WorkerHarness
  extends Pick<TestParts, 'database' | 'deadLetters' | 'metrics' | 'topic' | 'close'> {
  readonly health: Health;
  /** Writes the records in one request, so that the worker sees few batches. */
  produce(records: readonly { key: string; value: object | string }[]): Promise<void>;
  startWorker<T, Effect>(handler: Handler<T, Effect>, attemptsMax?: number): Promise<Worker>;
  /** The offset that the worker's transactions recorded last; with several partitions their sum. */
  savedOffset(): Promise<number>;
}

export async function createHarness({ partitions = 1 } = {}): Promise<WorkerHarness> {
  const parts = await createTestParts({ name: 'worker-test', partitions, poolSize: 2 });
  const { topic, kafka, producer, database, logger, metrics } = parts;
  const health = new Health();
  return {
    ...parts,
    health,
    produce: async (records) => {
      await Promise.all(
        records.map(({ key, value }) =>
          producer.send({
            topic,
            key,
            value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
          }),
        ),
      );
    },
    startWorker: async (handler, attemptsMax = 3) => {
      const worker = await startWorker({
        kafka,
        topic,
        producer,
        database,
        handler,
        logger,
        metrics,
        health,
        group: topic,
        onFatal: failTest,
        retry: { baseMs: 5, capMs: 20, attemptsMax, ageMaxMs: 60_000 },
      });
      parts.cleanUp.push(() => worker.close());
      return worker;
    },
    savedOffset: async () => {
      const [row]: { saved: string }[] = await database.primary.query(
        'SELECT coalesce(sum(next_offset), 0) AS saved FROM consumer_offsets WHERE topic = $1',
        [topic],
      );
      return Number(row?.saved);
    },
  };
}

/** Waits until the worker has recorded that every record before `offset` is finished. */
export function finishedUpTo(harness: WorkerHarness, offset: number): Promise<unknown> {
  return until(async () => (await harness.savedOffset()) >= offset, { what: `offset ${offset} to be saved` });
}
