import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { createTopic, startProducer } from './testing/kafka-client.js';
import { answersIn } from './testing/produce-reply.js';
import { type ProxiedKafka, startProxiedKafka } from './testing/proxied-kafka.js';
import { storedRecords, valuesOf, withoutRepeats } from './testing/stored-records.js';

const PRODUCE = 0;
const NOT_ENOUGH_REPLICAS = 19;

let kafka: ProxiedKafka;

beforeAll(async () => {
  kafka = await startProxiedKafka();
}, 120_000);

afterAll(() => kafka?.stop());

afterEach(() => kafka.proxy.forget());

const value = Buffer.from('v');

async function deleteTopic(topic: string): Promise<void> {
  const admin = kafka.direct.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await until(async () => !(await admin.listTopics()).includes(topic), { what: 'the deletion' });
  await admin.disconnect();
}

describe('a topic that was deleted', () => {
  test('costs its own records their deadline and other topics nothing', async () => {
    const [gone, other] = [await createTopic(kafka.direct), await createTopic(kafka.direct)];
    const producer = await startProducer(kafka.proxied, { deadlineMs: 3_000 });
    await Promise.all([gone, other].map((topic) => producer.send({ topic, key: 'k', value })));
    await deleteTopic(gone);
    const lost = producer.send({ topic: gone, key: 'k', value }).catch((error: Error) => error.name);
    await until(() => kafka.proxy.produceRequests >= 3, { what: 'a send to the deleted topic' });
    await producer.send({ topic: other, key: 'k', value });
    expect(await lost).toBe('SendDeadlineError');
    // Even when the connection ends and metadata has to be fetched again.
    await kafka.proxy.refuse();
    await kafka.proxy.accept();
    await Promise.all([producer.send({ topic: other, key: 'k', value }), ignored(gone)]);
    await until(() => producer.queued.count === 0, { what: 'an empty queue' });
    await producer.close();

    function ignored(topic: string): Promise<unknown> {
      return producer.send({ topic, key: 'k', value }).catch(() => undefined);
    }
  });

  test('is written again once it is back', async () => {
    const topic = await createTopic(kafka.direct);
    const producer = await startProducer(kafka.proxied, { deadlineMs: 30_000 });
    await producer.send({ topic, key: 'k', value });
    await deleteTopic(topic);
    const waiting = producer.send({ topic, key: 'k', value });
    const admin = kafka.direct.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
    await admin.disconnect();
    await waiting;
    await producer.close();
  });
});

describe('a partition that takes no records', () => {
  test('holds back its own records only, and has them in order when it takes them again', async () => {
    const topic = await createTopic(kafka.direct, { partitions: 3 });
    const producer = await startProducer(kafka.proxied);
    const send = (partition: number, text: string) =>
      producer.send({ topic, key: `key-${partition}`, value: Buffer.from(text), partition });
    let refused = 0;
    kafka.proxy.replyTo = (apiKey, reply) => {
      if (apiKey === PRODUCE) refused += refusePartition(reply, 1);
      return reply;
    };
    const held = ['a', 'b'].map((text) => send(1, text));
    await until(() => refused > 0, { what: 'a refusal' });
    held.push(...['c', 'd'].map((text) => send(1, text)));
    for (let round = 0; round < 5; round += 1) await Promise.all([send(0, `${round}`), send(2, `${round}`)]);
    expect(producer.queued.count).toBe(4);
    const seen = refused;
    await until(() => refused > seen, { what: 'another attempt' });
    kafka.proxy.forget();
    await Promise.all(held);
    await producer.close();
    const stored = await storedRecords(kafka.directBrokers, topic);
    expect(withoutRepeats(valuesOf(stored, 'key-1'))).toEqual(['a', 'b', 'c', 'd']);
    for (const key of ['key-0', 'key-2']) {
      expect(withoutRepeats(valuesOf(stored, key))).toEqual(['0', '1', '2', '3', '4']);
    }
  });
});

/** @returns the number of entries in a produce reply that now report too few in-sync replicas */
function refusePartition(reply: Buffer, partition: number): number {
  const refused = answersIn(reply).filter((answer) => answer.partition === partition);
  for (const { errorAt } of refused) reply.writeInt16BE(NOT_ENOUGH_REPLICAS, errorAt);
  return refused.length;
}
