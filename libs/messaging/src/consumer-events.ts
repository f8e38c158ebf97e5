import type { Logger, Metrics } from '@payments/runtime';
import type { TopicPartition } from './consumer.js';

/** What a consumer tells its operators. */
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
      help: 'Records between the last finished one and the end of the partition when it was fetched.',
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
    // What other members own by now is theirs to report.
    this.#lag.reset();
  }

  resolved(topic: string, partition: number, lag: bigint): void {
    this.#lag.set({ group: this.#group, topic, partition: String(partition) }, Number(lag));
  }

  membershipLost(topic: string, partition: number, error: unknown): void {
    this.#logger.warn({ topic, partition, err: error }, 'heartbeat refused: the batch in hand is left');
  }

  crashed(error: Error, restart: boolean): void {
    const level = restart ? 'warn' : 'fatal';
    this.#logger[level]({ err: error, restart, group: this.#group }, 'the consumer stopped');
  }
}
