import type { Logger, Metrics } from '@payments/runtime';
import type { TopicPartition } from './partition-holds.js';

/** Logs and metrics of a consumer. */
export class ConsumerEvents {
  readonly #logger: Logger;
  readonly #group: string;
  readonly #lag;
  readonly #joins;

  constructor(logger: Logger, metrics: Metrics, group: string) {
    this.#logger = logger;
    this.#group = group;
    this.#lag = metrics.gauge({
      name: 'consumer_lag_records',
      help: 'Records between the last finished one and the end of the partition, some seconds old at most.',
      labelNames: ['group', 'topic', 'partition'],
    });
    this.#joins = metrics.counter({
      name: 'consumer_group_joins_total',
      help: 'Times that this member joined its group; each is a rebalance.',
      labelNames: ['group'],
    });
  }

  joined(assigned: readonly TopicPartition[]): void {
    this.#joins.inc({ group: this.#group });
    this.#logger.info({ group: this.#group, partitions: assigned.length }, 'joined the consumer group');
    // The lag of partitions that other members own now is theirs to report.
    this.#lag.reset();
  }

  lags(topic: string, partition: number, lag: bigint): void {
    this.#lag.set({ group: this.#group, topic, partition: String(partition) }, Number(lag));
  }

  membershipLost(error: unknown, batches: number): void {
    this.#logger.warn(
      { group: this.#group, batches, err: error },
      'membership lost: the batches in hand are left',
    );
  }

  handlerFailed({ topic, partition }: TopicPartition, error: unknown, delayMs: number): void {
    const delay_ms = Math.round(delayMs);
    this.#logger.error(
      { topic, partition, delay_ms, err: error },
      'the batch handler did not finish its batch: what is left will be delivered again',
    );
  }

  commitFailed({ topic, partition }: TopicPartition, error: unknown): void {
    this.#logger.warn({ topic, partition, err: error }, 'offsets not committed: records may come again');
  }

  lagUnknown(error: unknown): void {
    this.#logger.warn({ group: this.#group, err: error }, 'the lag is not known: asking again later');
  }

  notClosedInTime(what: string): void {
    this.#logger.warn({ group: this.#group }, `${what} did not end in time, closing without`);
  }

  crashed(error: Error, restart: boolean): void {
    const level = restart ? 'warn' : 'fatal';
    this.#logger[level]({ err: error, restart, group: this.#group }, 'the consumer stopped');
  }
}
