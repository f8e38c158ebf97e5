import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { startProducer } from './testing/kafka-client.js';
import type { KafkaProxy } from './testing/kafka-proxy.js';
import { ProxiedCluster } from './testing/proxied-cluster.js';
import { storedRecords, valuesOf, withoutRepeats } from './testing/stored-records.js';

let cluster: ProxiedCluster;

beforeAll(async () => {
  cluster = await ProxiedCluster.start();
}, 180_000);

afterEach(() => {
  for (const proxy of cluster.proxies) proxy.forget();
});

afterAll(() => cluster?.stop());

/** Gives partition 1 to the broker that leads partition 0, once broker 2 was asked to store its records. */
async function moveLeaderDuringSend(topic: string): Promise<void> {
  const second = cluster.proxies[1] as KafkaProxy;
  second.forget();
  second.fateOf = () => 'cut';
  await until(() => second.produceRequests > 0, { what: 'the request to broker 2', everyMs: 5 });
  await cluster.withAdmin((admin) =>
    admin.alterPartitionReassignments({
      topics: [{ topic, partitionAssignment: [{ partition: 1, replicas: [1] }] }],
    }),
  );
  await cluster.untilLeaders(topic, [1, 1]);
}

async function partitionsStored(topic: string): Promise<number[]> {
  return (await storedRecords(cluster.stack.kafkaBrokers, topic)).map(({ partition }) => partition).sort();
}

describe('a leader that moves, during a send, to a broker that answered that send already', () => {
  const value = Buffer.from('v');

  test('costs no acknowledged record, because an answer counts for the partitions that it names', async () => {
    const topic = await cluster.createTopic(
      [
        [1, 2],
        [2, 1],
      ],
      1,
    );
    const producer = await startProducer(cluster.proxied);
    const moved = moveLeaderDuringSend(topic);
    const positions = await Promise.all(
      [0, 1].map((partition) => producer.send({ topic, key: `key-${partition}`, value, partition })),
    );
    await moved;
    await producer.close();
    expect(positions.map(({ partition }) => partition)).toEqual([0, 1]);
    expect(await partitionsStored(topic)).toEqual([0, 1]);
  }, 60_000);

  test('costs kafkajs alone a record that it acknowledges', async () => {
    const topic = await cluster.createTopic(
      [
        [1, 2],
        [2, 1],
      ],
      1,
    );
    const raw = cluster.proxied.producer({
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
  const topic = await cluster.createTopic(
    Array.from({ length: 6 }, (_, at) => [0, 1, 2].map((step) => ((at + step) % 3) + 1)),
    2,
  );
  const producer = await startProducer(cluster.proxied, { deadlineMs: 60_000 });
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
  for (const node of cluster.stack.kafkaNodes) {
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
  const records = await storedRecords(cluster.stack.kafkaBrokers, topic);
  for (const [key, values] of acknowledged) expect(withoutRepeats(valuesOf(records, key))).toEqual(values);
}, 180_000);
