import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { ALL_TOPICS, TOPICS, type TopicSetup } from '@payments/contracts';
import { sharedStack, uniqueName, until } from '@payments/local/testing';
import kafkajs from 'kafkajs';
import { connectTo } from './testing/kafka-client.js';
import { storedRecords } from './testing/stored-records.js';
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

describe('a topic whose compression is not that of the catalogue', () => {
  const RETENTION = { 'retention.ms': '12345678' };

  async function createdUnlike(): Promise<TopicSetup> {
    const topic = { name: uniqueName('topic'), partitions: 1, config: RETENTION };
    await ensureTopics(kafka, [topic], placement);
    return { ...topic, config: { ...RETENTION, 'compression.type': 'uncompressed' } };
  }

  test('is altered, and keeps every other setting', async () => {
    const topic = await createdUnlike();
    expect(await configOf(topic.name)).toMatchObject({ 'compression.type': 'producer' });
    expect(await ensureTopics(kafka, [topic], placement)).toEqual([]);
    await until(async () => (await configOf(topic.name))['compression.type'] === 'uncompressed');
    expect(await configOf(topic.name)).toMatchObject({ ...RETENTION, 'min.insync.replicas': '1' });
  });

  test('takes records of any compression then, which kafkajs could not read', async () => {
    const topic = await createdUnlike();
    await ensureTopics(kafka, [topic], placement);
    await until(async () => (await configOf(topic.name))['compression.type'] === 'uncompressed');
    kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => zstdCompressSync(buffer),
      decompress: async () => {
        throw new Error('stored compressed');
      },
    });
    const foreign = kafka.producer();
    await foreign.connect();
    for (const compression of [kafkajs.CompressionTypes.ZSTD, kafkajs.CompressionTypes.GZIP]) {
      const messages = ['a', 'b'].map((value) => ({ key: 'k', value }));
      await foreign.send({ topic: topic.name, compression, messages });
    }
    await foreign.disconnect();
    const stored = await storedRecords(kafkaBrokers, topic.name);
    expect(stored.map(({ value }) => String(value))).toEqual(['a', 'b', 'a', 'b']);
  });
});

describe('the set-up program', () => {
  test('creates every topic of the catalogue and registers every schema, twice without harm', async () => {
    const env = { KAFKA_BROKERS: kafkaBrokers.join(','), SCHEMA_REGISTRY_URL: registryUrl };
    // No warnings either: Node 24 warns about the timers that kafkajs sets in the past.
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
