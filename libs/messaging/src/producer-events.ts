import type { Logger, Metrics } from '@payments/runtime';
import type { PartitionBatch } from './send-queue.js';

/** Logs and metrics of a producer. */
export class ProducerEvents {
  readonly #logger: Logger;
  readonly #batchSize;
  readonly #duration;
  readonly #uncovered;

  constructor(
    logger: Logger,
    metrics: Metrics,
    queued: () => { readonly count: number; readonly bytes: number },
  ) {
    this.#logger = logger;
    metrics.gauge({
      name: 'producer_queue_records',
      help: 'Records that wait for the broker, on their way included.',
      collect: (gauge) => gauge.set(queued().count),
    });
    metrics.gauge({
      name: 'producer_queue_bytes',
      help: 'Bytes that wait for the broker, on their way included.',
      collect: (gauge) => gauge.set(queued().bytes),
    });
    this.#batchSize = metrics.histogram({
      name: 'producer_batch_records',
      help: 'Records in one send.',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500],
    });
    this.#duration = metrics.histogram({
      name: 'producer_send_duration_seconds',
      help: 'From one send to its acknowledgement by all in-sync replicas.',
    });
    this.#uncovered = metrics.counter({
      name: 'producer_uncovered_records_total',
      help: "Records that the client's result did not name, so that they were sent again.",
    });
  }

  sent(batches: readonly PartitionBatch[], startedAt: number): void {
    this.#batchSize.observe(countOf(batches));
    this.#duration.observe((performance.now() - startedAt) / 1000);
  }

  uncovered(topic: string, partition: number, records: number): void {
    this.#uncovered.inc(records);
    this.#logger.warn(
      { topic, partition, records },
      'a partition was left out of the result: sending it again',
    );
  }

  refused(batches: readonly PartitionBatch[], error: unknown): void {
    const partitions = batches.map(({ topic, partition }) => `${topic}/${partition}`);
    this.#logger.error({ err: error, partitions, records: countOf(batches) }, 'the broker refused a send');
  }

  notSent(batches: readonly PartitionBatch[], error: unknown): void {
    const partitions = batches.map(({ topic, partition }) => `${topic}/${partition}`);
    this.#logger.warn(
      { err: error, partitions, records: countOf(batches) },
      'a send failed: it is sent again',
    );
  }

  notConnected(error: unknown): void {
    this.#logger.warn({ err: error }, 'no broker answers: connecting again');
  }

  notLocated(topic: string, error: unknown): void {
    this.#logger.warn({ err: error, topic }, 'the partitions of a topic are not known: asking again');
  }
}

function countOf(batches: readonly PartitionBatch[]): number {
  return batches.reduce((count, { records }) => count + records.length, 0);
}
