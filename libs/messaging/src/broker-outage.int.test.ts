import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uniqueName, until } from '@payments/local/testing';
import { Metrics } from '@payments/runtime';
import { BatchingProducer } from './batching-producer.js';
import { startConsumer } from './consumer.js';
import { createTopic, logger, startProducer } from './testing/kafka-client.js';
import type { KafkaProxy } from './testing/kafka-proxy.js';
import { answersIn } from './testing/produce-reply.js';
import { type ProxiedKafka, startProxiedKafka } from './testing/proxied-kafka.js';
import { storedRecords } from './testing/stored-records.js';

let kafka: ProxiedKafka;
let proxy: KafkaProxy;
let topic: string;

beforeAll(async () => {
  kafka = await startProxiedKafka();
  proxy = kafka.proxy;
  topic = await createTopic(kafka.direct, { partitions: 3 });
}, 120_000);

afterAll(() => kafka?.stop());

afterEach(async () => {
  proxy.forget();
  await proxy.accept();
});

const record = (key: string) => ({ topic, key, value: Buffer.from(key) });

async function storedKeys(): Promise<Set<string>> {
  return new Set((await storedRecords(kafka.directBrokers, topic)).map(({ key }) => String(key)));
}

describe('a broker that cannot be reached', () => {
  test('fails a first send at its deadline', async () => {
    const producer = await startProducer(kafka.proxied, { deadlineMs: 500 });
    await proxy.refuse();
    await expect(producer.send(record('first'))).rejects.toMatchObject({ name: 'SendDeadlineError' });
    await producer.close();
  });

  test('fails what is on its way and what is queued at their deadlines, and takes more when it is back', async () => {
    const producer = await startProducer(kafka.proxied, { deadlineMs: 500 });
    await until(() => producer.send(record('before')), { what: 'a send' });
    await proxy.refuse();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => producer.send(record(`during-${index}`))),
    );
    const late = await producer.send(record('late')).catch((error: Error) => error);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(late).toMatchObject({ name: 'SendDeadlineError' });
    await proxy.accept();
    await until(() => producer.send(record('after')), { what: 'a send' });
    // A record that failed at its deadline stays queued until its request ends.
    await until(() => producer.queued.count === 0, { what: 'an empty queue' });
    expect(producer.queued).toEqual({ count: 0, bytes: 0 });
    await producer.close();
    const keys = await storedKeys();
    for (const key of ['before', 'after']) expect(keys).toContain(key);
  });

  test('lets no more wait than the bounds allow', async () => {
    const producer = await startProducer(kafka.proxied, { deadlineMs: 500, queueCountMax: 50 });
    await until(() => producer.send(record('bounded')), { what: 'a send' });
    await proxy.refuse();
    const outcomes = Array.from({ length: 60 }, () =>
      producer.send(record('bounded')).then(String, (error: Error) => error.name),
    );
    // What waits fails at its deadline, and a slow process may look only then.
    const isStalled = (): boolean => {
      producer.send(record('more')).catch(() => undefined);
      return producer.stalledMs > 100;
    };
    await until(isStalled, { what: 'a stall' });
    const names = await Promise.all(outcomes);
    expect(names.filter((name) => name === 'QueueFullError')).toHaveLength(10);
    expect(names.filter((name) => name === 'SendDeadlineError')).toHaveLength(50);
    await producer.close();
  });

  test('ends a start when its signal says so', async () => {
    await proxy.refuse();
    const options = { queueCountMax: 1, queueBytesMax: 1_000, deadlineMs: 500 };
    const metrics = new Metrics({ defaultMetrics: false });
    const producer = new BatchingProducer({ kafka: kafka.proxied, logger, metrics, ...options });
    await expect(producer.start(AbortSignal.timeout(300))).rejects.toThrow(/no broker answered/);
    await producer.close();
  });

  test('is waited for by records that have time', async () => {
    const producer = await startProducer(kafka.proxied);
    await proxy.refuse();
    const sent = Promise.all(
      Array.from({ length: 20 }, (_, index) => producer.send(record(`patient-${index}`))),
    );
    await proxy.accept();
    await sent;
    await producer.close();
    const keys = await storedKeys();
    for (let index = 0; index < 20; index += 1) expect(keys).toContain(`patient-${index}`);
  });

  test('does not keep a producer from closing, which tells each sender', async () => {
    const producer = await startProducer(kafka.proxied, { deadlineMs: 60_000 });
    await producer.send(record('open'));
    await proxy.refuse();
    const waiting = [producer.send(record('on-its-way')), producer.send(record('queued'))];
    const outcomes = Promise.allSettled(waiting);
    await producer.close(AbortSignal.timeout(300));
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: /SendDeadline|ProducerClosed/ } });
    }
  });

  test('does not keep a consumer from closing', async () => {
    const consumer = await consume(async (batch) => batch.resolve(BigInt(batch.records.at(-1)?.offset ?? 0)));
    await until(() => consumer.assignment().length === 3, { what: 'the assignment' });
    await proxy.refuse();
    await consumer.close();
  });
});

describe('a broker that is killed and comes back', () => {
  test('loses nothing that was acknowledged', async () => {
    const producer = await startProducer(kafka.proxied, { deadlineMs: 60_000 });
    const acknowledged: string[] = [];
    let stop = false;
    const senders = Array.from({ length: 20 }, async (_, sender) => {
      for (let index = 0; !stop; index += 1) {
        const key = `kill-${sender}-${index}`;
        await producer.send(record(key));
        acknowledged.push(key);
      }
    });
    await until(() => acknowledged.length > 500, { what: 'acknowledged records' });
    await kafka.stack.kafka.kill();
    await kafka.stack.kafka.start();
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 500, { what: 'more of them' });
    stop = true;
    await Promise.all(senders);
    await producer.close();
    const stored = await storedKeys();
    expect(acknowledged.filter((key) => !stored.has(key))).toEqual([]);
  }, 120_000);
});

describe('a consumer that kafkajs gives up', () => {
  const HEARTBEAT = 12;
  const GROUP_AUTHORIZATION_FAILED = 30;

  test('is reported, so that the process exits', async () => {
    const crashes: Error[] = [];
    const consumer = await consume(
      async (batch) => batch.resolve(BigInt(batch.records.at(-1)?.offset ?? 0)),
      (error) => crashes.push(error),
    );
    await until(() => consumer.assignment().length === 3, { what: 'the assignment' });
    proxy.replyTo = (apiKey, reply) => {
      // The last two bytes of a heartbeat's reply are its error code.
      if (apiKey === HEARTBEAT) reply.writeInt16BE(GROUP_AUTHORIZATION_FAILED, reply.length - 2);
      return reply;
    };
    await until(() => crashes.length > 0, { what: 'the crash' });
    expect(crashes[0]?.message).toMatch(/not authorized to access group/i);
    await consumer.close();
  });
});

function consume(
  onBatch: Parameters<typeof startConsumer>[0]['onBatch'],
  onCrash: (error: Error) => void = (error) => {
    throw error;
  },
) {
  return startConsumer({
    kafka: kafka.proxied,
    logger,
    metrics: new Metrics({ defaultMetrics: false }),
    groupId: uniqueName('outage'),
    topics: [topic],
    onBatch,
    onCrash,
  });
}

describe('a partition that the result of a send does not name', () => {
  const PRODUCE = 0;

  test('is sent again before it is acknowledged, and keeps its order', async () => {
    const metrics = new Metrics({ defaultMetrics: false });
    const producer = await startProducer(kafka.proxied, { metrics });
    const other = await createTopic(kafka.direct);
    const send = (value: string) => producer.send({ topic: other, key: 'k', value: Buffer.from(value) });
    await send('first');
    let replies = 0;
    proxy.replyTo = (apiKey, reply) => {
      // The reply names the partition under another number.
      if (apiKey === PRODUCE && ++replies === 1) reply.writeInt32BE(77, answersIn(reply)[0]?.numberAt);
      return reply;
    };
    const sent = [send('a'), send('b')];
    await until(() => replies === 1, { what: 'the reply', everyMs: 1 });
    await Promise.all([...sent, send('c')]);
    await producer.close();
    const stored = await storedRecords(kafka.directBrokers, other);
    // Stored at once already, as the broker's own reply said.
    expect(stored.map(({ value }) => String(value))).toEqual(['first', 'a', 'b', 'a', 'b', 'c']);
    expect(await metrics.registry.getSingleMetricAsString('producer_uncovered_records_total')).toMatch(
      / 2$/m,
    );
  });
});
