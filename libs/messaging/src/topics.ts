import type { TopicSetup } from '@payments/contracts';
import type { KafkaConnection } from './connection.js';

export interface TopicPlacement {
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
}

/**
 * Creates the topics that are missing.
 *
 * @returns the names of those created.
 * @throws Error if a topic has another number of partitions: keys would lose their order.
 */
export async function ensureTopics(
  kafka: KafkaConnection,
  topics: readonly TopicSetup[],
  { replicationFactor, minInSyncReplicas }: TopicPlacement,
): Promise<string[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !existing.has(name));
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map(({ name, partitions, config }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries({ ...config, 'min.insync.replicas': String(minInSyncReplicas) }).map(
            ([entry, value]) => ({ name: entry, value }),
          ),
        })),
      });
    }
    const { topics: found } = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
    for (const { name, partitions } of topics) {
      const actual = found.find((topic) => topic.name === name)?.partitions.length;
      if (actual !== partitions) {
        throw new Error(
          `topic ${name} has ${actual ?? 0} partitions and needs ${partitions}: their number must never change, make a new topic`,
        );
      }
    }
    return missing.map(({ name }) => name);
  } finally {
    await admin.disconnect();
  }
}

/** @throws if the topic does not exist. Waits while no broker answers. */
export async function countPartitions(kafka: KafkaConnection, topic: string): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const count = topics[0]?.partitions.length ?? 0;
    if (count === 0) throw new Error(`topic ${topic} has no partitions`);
    return count;
  } finally {
    await admin.disconnect();
  }
}
