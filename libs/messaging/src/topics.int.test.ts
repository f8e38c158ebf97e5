import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, jest, test } from '@jest/globals';
import { ALL_TOPICS, TOPICS } from '@payments/contracts';
import { sharedStack, uniqueName } from '@payments/local/testing';
import { connectTo } from './testing/kafka-client.js';
import { ensureTopics, TopicMismatchError } from './topics.js';

jest.setTimeout(60_000);

const { kafkaBrokers, registryUrl } = sharedStack();
const kafka = connectTo(kafkaBrokers);
const placement = { replicationFactor: 1, minInSyncReplicas: 1 };

describe('setting up topics', () => {
  test('creates what is missing with its settings, and changes nothing when it is run again', async () => {
    const topic = { name: uniqueName('topic'), partitions: 3, config: { 'retention.ms': '12345678' } };
    expect(await ensureTopics(kafka, [topic], placement)).toEqual([topic.name]);
    expect(await ensureTopics(kafka, [topic], placement)).toEqual([]);
    expect(await configOf(topic.name)).toMatchObject({
      'retention.ms': '12345678',
      'min.insync.replicas': '1',
    });
  });

  test('side by side, as several services may, is one set-up', async () => {
    const topics = ['a', 'b', 'c'].map((prefix) => ({ name: uniqueName(prefix), partitions: 2, config: {} }));
    await Promise.all([1, 2, 3].map(() => ensureTopics(kafka, topics, placement)));
  });

  test('refuses a topic with another number of partitions, and names each', async () => {
    const topics = ['a', 'b'].map((prefix) => ({ name: uniqueName(prefix), partitions: 2, config: {} }));
    await ensureTopics(kafka, topics, placement);
    const grown = topics.map((topic) => ({ ...topic, partitions: 4 }));
    const failure = await ensureTopics(kafka, grown, placement).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(TopicMismatchError);
    for (const { name } of topics) {
      expect((failure as Error).message).toContain(`${name} has 2 partitions instead of 4`);
    }
  });
});

describe('the set-up program', () => {
  test('creates every topic of the catalogue and registers every schema, twice without harm', async () => {
    const env = { KAFKA_BROKERS: kafkaBrokers.join(','), SCHEMA_REGISTRY_URL: registryUrl };
    // No warnings either: Node 24 has one for timers that kafkajs sets in the past.
    expect(await runSetup(env)).toMatchObject({ stderr: '' });
    expect(await runSetup(env)).toMatchObject({ stderr: '' });
    for (const { name, config } of ALL_TOPICS) expect(await configOf(name)).toMatchObject(config);
    for (const { subject } of Object.values(TOPICS)) {
      const answer = await fetch(`${registryUrl}/subjects/${subject}/versions/latest`);
      expect(answer.status).toBe(200);
    }
  });

  test('names what is wrong with its configuration', async () => {
    await expect(runSetup({})).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/KAFKA_BROKERS[\s\S]*SCHEMA_REGISTRY_URL/),
    });
  });
});

function runSetup(env: Record<string, string>): Promise<unknown> {
  const program = fileURLToPath(new URL('setup.js', import.meta.url));
  return promisify(execFile)(process.execPath, [program], { env });
}

async function configOf(topic: string): Promise<Record<string, string>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const TOPIC = 2;
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC, name: topic }],
    });
    return Object.fromEntries(
      resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? [],
    );
  } finally {
    await admin.disconnect();
  }
}
