import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts, type OwnStack, startOwnStack, until } from '@payments/local/testing';
import type { KafkaConnection } from './connection.js';
import { connectTo, startProducer } from './testing/kafka-client.js';
import { KafkaProxy } from './testing/kafka-proxy.js';
import { storedRecords, valuesOf, withoutRepeats } from './testing/stored-records.js';

let stack: OwnStack;
let proxies: KafkaProxy[];
let proxied: KafkaConnection;
let direct: KafkaConnection;

beforeAll(async () => {
  const ports = await freePorts(3);
  stack = await startOwnStack({ parts: ['kafka'], kafkaNodes: 3, kafkaProxyPorts: ports });
  proxies = await Promise.all(
    ports.map((listenPort, at) => KafkaProxy.open(listenPort, stack.kafkaProxyTargets[at] as number)),
  );
  proxied = connectTo(ports.map((port) => `127.0.0.1:${port}`));
  direct = connectTo(stack.kafkaBrokers);
}, 180_000);

afterEach(() => {
  for (const proxy of proxies) proxy.forget();
});

afterAll(async () => {
  await Promise.all((proxies ?? []).map((proxy) => proxy.refuse()));
  await stack?.stop();
});

/** Each entry names the brokers of one partition, its leader first. */
async function createTopic(replicas: readonly number[][], minInSyncReplicas: number): Promise<string> {
  const topic = `test-${randomUUID()}`;
  const admin = direct.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [
      {
        topic,
        replicaAssignment: replicas.map((brokers, partition) => ({ partition, replicas: [...brokers] })),
        configEntries: [{ name: 'min.insync.replicas', value: String(minInSyncReplicas) }],
      },
    ],
  });
  await admin.disconnect();
  await untilLeaders(
    topic,
    replicas.map(([leader]) => leader as number),
  );
  return topic;
}

async function untilLeaders(topic: string, leaders: readonly number[]): Promise<void> {
  const admin = direct.admin();
  await admin.connect();
  await until(
    async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const now = new Map(topics[0]?.partitions.map(({ partitionId, leader }) => [partitionId, leader]));
      return leaders.every((leader, partition) => now.get(partition) === leader);
    },
    { what: `leaders ${leaders.join(', ')} of ${topic}` },
  );
  await admin.disconnect();
}

/** Gives partition 1 to the broker that leads partition 0, once broker 2 was asked to store its records. */
async function moveLeaderDuringSend(topic: string): Promise<void> {
  const second = proxies[1] as KafkaProxy;
  second.forget();
  second.fateOf = () => 'cut';
  await until(() => second.produceRequests > 0, { what: 'the request to broker 2', everyMs: 5 });
  const admin = direct.admin();
  await admin.connect();
  await admin.alterPartitionReassignments({
    topics: [{ topic, partitionAssignment: [{ partition: 1, replicas: [1] }] }],
  });
  await admin.disconnect();
  await untilLeaders(topic, [1, 1]);
}

async function partitionsStored(topic: string): Promise<number[]> {
  return (await storedRecords(stack.kafkaBrokers, topic)).map(({ partition }) => partition).sort();
}

describe('a leader that moves, during a send, to a broker that answered that send already', () => {
  const value = Buffer.from('v');

  test('costs no acknowledged record, because no answer outlives a failed attempt', async () => {
    const topic = await createTopic(
      [
        [1, 2],
        [2, 1],
      ],
      1,
    );
    const producer = await startProducer(proxied);
    const moved = moveLeaderDuringSend(topic);
    const positions = await Promise.all(
      [0, 1].map((partition) => producer.send({ topic, key: `key-${partition}`, value, partition })),
    );
    await moved;
    await producer.close();
    expect(positions.map(({ partition }) => partition)).toEqual([0, 1]);
    // Partition 0 may be stored twice: nothing of an attempt that failed counts.
    expect(new Set(await partitionsStored(topic))).toEqual(new Set([0, 1]));
  }, 60_000);

  test('costs kafkajs alone a record that it acknowledges', async () => {
    const topic = await createTopic(
      [
        [1, 2],
        [2, 1],
      ],
      1,
    );
    const raw = proxied.producer({
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition as number,
    });
    await raw.connect();
    const moved = moveLeaderDuringSend(topic);
    const messages = [0, 1].map((partition) => ({ key: `key-${partition}`, value, partition }));
    await raw.send({ topic, messages });
    await moved;
    await raw.disconnect();
    expect(await partitionsStored(topic)).toEqual([0]);
  }, 60_000);
});

test('brokers stopped and started one after the other under load lose nothing acknowledged, nor the order', async () => {
  const topic = await createTopic(
    Array.from({ length: 6 }, (_, at) => [0, 1, 2].map((step) => ((at + step) % 3) + 1)),
    2,
  );
  const producer = await startProducer(proxied, { deadlineMs: 60_000 });
  const acknowledged = new Map<string, string[]>();
  let total = 0;
  let stop = false;
  const senders = Array.from({ length: 24 }, async (_, sender) => {
    const key = `key-${sender}`;
    const own: string[] = [];
    acknowledged.set(key, own);
    for (let index = 0; !stop; index += 1) {
      await producer.send({ topic, key, value: Buffer.from(`${index}`) });
      own.push(`${index}`);
      total += 1;
    }
  });
  for (const node of stack.kafkaNodes) {
    const before = total;
    await until(() => total > before + 1_000, { what: 'records under way' });
    await node.stop();
    await node.start();
  }
  const before = total;
  await until(() => total > before + 1_000, { what: 'records under way' });
  stop = true;
  await Promise.all(senders);
  await producer.close();
  const records = await storedRecords(stack.kafkaBrokers, topic);
  for (const [key, values] of acknowledged) expect(withoutRepeats(valuesOf(records, key))).toEqual(values);
}, 180_000);
