import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { startProducer } from './testing/kafka-client.js';
import type { KafkaProxy } from './testing/kafka-proxy.js';
import { ProxiedCluster } from './testing/proxied-cluster.js';
import { storedRecords } from './testing/stored-records.js';

/** https://kafka.apache.org/protocol#protocol_api_keys */
const PRODUCE = 0;
const value = Buffer.from('v');

let cluster: ProxiedCluster;
let third: KafkaProxy;

beforeAll(async () => {
  cluster = await ProxiedCluster.start();
  third = cluster.proxies[2] as KafkaProxy;
}, 180_000);

afterEach(async () => {
  third.forget();
  await third.accept();
});

afterAll(() => cluster?.stop());

test('a producer starts while one broker of three cannot be reached', async () => {
  await third.refuse();
  const producer = await startProducer(cluster.proxied);
  await producer.close();
}, 60_000);

test('a broker that cannot be reached holds up what it leads; what others lead is stored once and goes on', async () => {
  const topic = await cluster.createTopic([[1], [2], [3]], 1);
  const producer = await startProducer(cluster.proxied);
  const send = (partition: number) => producer.send({ topic, key: `key-${partition}`, value, partition });
  await Promise.all([0, 1, 2].map(send));
  await third.refuse();
  const held = [send(2)];
  for (let round = 0; round < 20; round += 1) {
    held.push(send(2));
    await Promise.all([send(0), send(1)]);
  }
  expect(producer.queued.count).toBe(held.length);
  await third.accept();
  await Promise.all(held);
  await producer.close();
  const stored = await storedRecords(cluster.stack.kafkaBrokers, topic);
  expect([0, 1].map((number) => stored.filter(({ partition }) => partition === number).length)).toEqual([
    21, 21,
  ]);
}, 60_000);

test('a leader that takes requests and answers none holds up what it leads; what others lead goes on at once', async () => {
  const topic = await cluster.createTopic([[1], [2], [3], [3]], 1);
  const producer = await startProducer(cluster.proxied, { deadlineMs: 60_000 });
  const send = (partition: number) => producer.send({ topic, key: `key-${partition}`, value, partition });
  await Promise.all([0, 1, 2, 3].map(send));
  third.hangsAt = (apiKey) => apiKey === PRODUCE;
  const held = [send(2)];
  await until(() => third.hanging === 1, { what: 'a request to hang' });
  for (let round = 0; round < 20; round += 1) {
    held.push(send(2 + (round % 2)));
    await Promise.all([send(0), send(1)]);
  }
  // The first request still hangs: nothing above waited for it.
  expect(third.hanging).toBe(1);
  expect(producer.queued.count).toBe(held.length);
  await third.refuse();
  third.forget();
  await third.accept();
  await Promise.all(held);
  await producer.close();
  const stored = await storedRecords(cluster.stack.kafkaBrokers, topic);
  expect([0, 1].map((number) => stored.filter(({ partition }) => partition === number).length)).toEqual([
    21, 21,
  ]);
  expect(new Set(stored.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2, 3]));
}, 120_000);

test('a leader that hangs and was the one to ask who leads makes nothing late that others lead, either', async () => {
  const first = cluster.proxies[0] as KafkaProxy;
  const topic = await cluster.createTopic([[1], [2], [3]], 1);
  // As short as the ingress's, relative to the request time-out.
  const producer = await startProducer(cluster.proxied, { deadlineMs: 5_000 });
  const send = (partition: number) => producer.send({ topic, key: `key-${partition}`, value, partition });
  await Promise.all([0, 1, 2].map(send));
  first.hangsAt = () => true;
  const late: Promise<string>[] = [];
  // The produce request, the metadata request after its time-out, and the one after that.
  while (first.hanging < 3) {
    late.push(
      send(0).then(
        () => 'stored',
        (error: Error) => error.name,
      ),
    );
    await Promise.all([send(1), send(2)]);
  }
  await first.refuse();
  first.forget();
  await first.accept();
  expect(await late[0]).toBe('SendDeadlineError');
  await until(() => send(0), { what: 'the leader to be written to again' });
  await producer.close();
}, 120_000);

test('a partition without a leader holds up its own records only, also in a producer that comes later', async () => {
  const topic = await cluster.createTopic([[1], [2], [3]], 1);
  const early = await startProducer(cluster.proxied);
  const send = (partition: number, producer = early) =>
    producer.send({ topic, key: `key-${partition}`, value, partition });
  await Promise.all([0, 1, 2].map((partition) => send(partition)));
  await cluster.stack.kafkaNodes[2]?.stop();
  await untilLeaderless(topic);
  const held = [send(2)];
  for (let round = 0; round < 20; round += 1) await Promise.all([send(0), send(1)]);
  const late = await startProducer(cluster.proxied);
  held.push(send(2, late));
  await Promise.all([send(0, late), send(1, late)]);
  await cluster.stack.kafkaNodes[2]?.start();
  await Promise.all(held);
  await Promise.all([early.close(), late.close()]);
}, 120_000);

/** kafkajs reports nothing else for a topic with such a partition. */
async function untilLeaderless(topic: string): Promise<void> {
  const over = new AbortController();
  const admin = cluster.direct.until(over.signal, 3).admin();
  await admin.connect();
  const seen = () => admin.fetchTopicMetadata({ topics: [topic] }).catch((error: Error) => error);
  await until(async () => /no leader/.test(String(await seen())), { what: 'a partition without a leader' });
  await admin.disconnect();
  over.abort();
}
