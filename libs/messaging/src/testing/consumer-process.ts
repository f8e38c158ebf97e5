import { until } from '@payments/local/testing';
import { Metrics } from '@payments/runtime';
import { startConsumer } from '../consumer.js';
import { connectTo, logger } from './kafka-client.js';

/**
 * Consumers in their own process, a group for each. Prints `consuming` once each owns a partition; closes them when
 * stdin ends.
 */
export interface ConsumerProcessOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly groupIds: readonly string[];
  readonly lagRefreshMs?: number;
}

const { groupIds, brokers, topic, ...tuning } = JSON.parse(String(process.argv[2])) as ConsumerProcessOptions;
const consumers = await Promise.all(
  groupIds.map((groupId) =>
    startConsumer({
      ...tuning,
      kafka: connectTo(brokers),
      groupId,
      topics: [topic],
      logger,
      metrics: new Metrics({ defaultMetrics: false }),
      onBatch: async () => {},
      onCrash: (error) => {
        throw error;
      },
    }),
  ),
);
const haveAll = () => consumers.every((one) => one.assignment().length > 0);
await until(haveAll, { what: 'a partition for each' });
process.stdin.resume().once('end', () => void Promise.all(consumers.map((one) => one.close())));
process.stdout.write('consuming\n');
