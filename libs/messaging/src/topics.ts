import type { TopicSetup } from '@payments/contracts';
import { retryDelayMs, sleep } from '@payments/runtime';
import type { Admin } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import { mendCompression } from './topic-compression.js';

export interface TopicPlacement {
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
}

const NOT_YET_KNOWN: ReadonlySet<unknown> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);
/** About half a minute. */
const KNOWN_TRIES_MAX = 40;
const KNOWN_BACKOFF = { baseMs: 50, capMs: 1_000 };

/** An existing topic differs from the catalogue. */
export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError';
}

/**
 * Creates the missing topics. Existing ones keep their settings, except for the compression, which consumers depend
 * on. Waits while no broker answers.
 *
 * @returns the names of the created topics
 * @throws TopicMismatchError if topics have a different number of partitions, which would break the order per key, or
 * if the compression of some cannot be changed
 */
export async function ensureTopics(
  kafka: KafkaConnection,
  topics: readonly TopicSetup[],
  placement: TopicPlacement,
): Promise<string[]> {
  return withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !existing.has(name));
    if (missing.length > 0) {
      await createTopics(admin, missing, placement);
      await untilKnown(
        admin,
        missing.map(({ name }) => name),
      );
    }
    await assertPartitions(admin, topics);
    const unlike = await mendCompression(
      admin,
      topics.filter(({ name }) => existing.has(name)),
    );
    if (unlike.length > 0) throw new TopicMismatchError(`${unlike.join('; ')}. Change it by hand`);
    return missing.map(({ name }) => name);
  });
}

async function createTopics(
  admin: Admin,
  topics: readonly TopicSetup[],
  { replicationFactor, minInSyncReplicas }: TopicPlacement,
): Promise<void> {
  // Also resolves if another process created them first.
  await admin.createTopics({
    waitForLeaders: false,
    topics: topics.map(({ name, partitions, config }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor,
      configEntries: Object.entries({ ...config, 'min.insync.replicas': String(minInSyncReplicas) }).map(
        ([entry, value]) => ({ name: entry, value }),
      ),
    })),
  });
}

/** Brokers learn of a new topic, and then of its leaders, shortly after the creation is acknowledged. */
async function untilKnown(admin: Admin, topics: string[]): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await admin.fetchTopicMetadata({ topics });
      return;
    } catch (error) {
      const type = error instanceof Error && 'type' in error ? error.type : undefined;
      if (!NOT_YET_KNOWN.has(type) || tries === KNOWN_TRIES_MAX) throw error;
      await sleep(retryDelayMs(tries, KNOWN_BACKOFF));
    }
  }
}

async function assertPartitions(admin: Admin, topics: readonly TopicSetup[]): Promise<void> {
  const { topics: found } = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
  const wrong = topics.flatMap(({ name, partitions }) => {
    const actual = found.find((topic) => topic.name === name)?.partitions.length ?? 0;
    return actual === partitions ? [] : [`${name} has ${actual} partitions instead of ${partitions}`];
  });
  if (wrong.length === 0) return;
  throw new TopicMismatchError(
    `${wrong.join('; ')}. Their number must never change, or keys lose their order: make a new topic`,
  );
}

async function withAdmin<T>(kafka: KafkaConnection, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
