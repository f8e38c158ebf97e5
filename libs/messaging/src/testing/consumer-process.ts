import { until } from '@payments/local/testing';
import { Metrics } from '@payments/runtime';
import { startConsumer } from '../consumer.js';
import { connectTo, logger } from './kafka-client.js';

/** A consumer in a process of its own. Says `consuming` on stdout once it owns a partition; closed when stdin ends. */
export interface ConsumerProcessOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly groupId: string;
}

const { brokers, topic, groupId } = JSON.parse(String(process.argv[2])) as ConsumerProcessOptions;
const consumer = await startConsumer({
  kafka: connectTo(brokers),
  groupId,
  topics: [topic],
  logger,
  metrics: new Metrics({ defaultMetrics: false }),
  onBatch: async () => {},
  onCrash: (error) => {
    throw error;
  },
});
await until(() => consumer.assignment().length > 0, { what: 'a partition' });
process.stdin.resume().once('end', () => void consumer.close());
process.stdout.write('consuming\n');
