import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import type { BatchingProducer } from './batching-producer.js';
import { createTopic, startProducer } from './testing/kafka-client.js';
import type { KafkaProxy } from './testing/kafka-proxy.js';
import { type ProxiedKafka, startProxiedKafka } from './testing/proxied-kafka.js';
import { storedRecords, valuesOf, withoutRepeats } from './testing/stored-records.js';

/** Sends one value under a fixed key; resolves when it is acknowledged. */
type Send = (value: string) => Promise<unknown>;

const KEY = 'one-payment';

let kafka: ProxiedKafka;
let proxy: KafkaProxy;
let topic: string;

beforeAll(async () => {
  kafka = await startProxiedKafka();
  proxy = kafka.proxy;
}, 120_000);

afterAll(() => kafka?.stop());

afterEach(async () => {
  proxy.forget();
  await proxy.accept();
});

/** Two sends in sequence, two in parallel, one more: the reply to the third request is lost. */
async function acknowledgedAroundALostReply(send: Send): Promise<string[]> {
  // A broker refuses what comes before it knows that it leads a new topic: the request that is sent again would count.
  await send('0');
  proxy.forget();
  proxy.fateOf = (request) => (request === 3 ? 'lose-reply' : 'forward');
  await send('1');
  await send('2');
  await Promise.all([send('3'), send('4')]);
  await send('5');
  return ['0', '1', '2', '3', '4', '5'];
}

async function stored(): Promise<string[]> {
  return valuesOf(await storedRecords(kafka.directBrokers, topic), KEY);
}

describe('a request whose reply is lost', () => {
  test('loses nothing and keeps the order', async () => {
    topic = await createTopic(kafka.direct);
    const producer = await startProducer(kafka.proxied);
    const acknowledged = await acknowledgedAroundALostReply((value) =>
      producer.send({ topic, key: KEY, value: Buffer.from(value) }),
    );
    await producer.close();
    expect(withoutRepeats(await stored())).toEqual(acknowledged);
    // The duplicates show that the reply was lost; that both are repeated shows that they shared a request.
    expect(await stored()).toEqual(['0', '1', '2', '3', '4', '3', '4', '5']);
  });

  test('loses an acknowledged record when idempotent sends overlap: why ours do not', async () => {
    topic = await createTopic(kafka.direct);
    const raw = kafka.proxied.producer({ idempotent: true, maxInFlightRequests: 1 });
    await raw.connect();
    const acknowledged = await acknowledgedAroundALostReply((value) =>
      raw.send({ topic, messages: [{ key: KEY, value }] }),
    );
    await raw.disconnect();
    const found = new Set(await stored());
    expect(acknowledged.filter((value) => !found.has(value))).not.toEqual([]);
  });

  test('lets no later record of its key overtake, while it is sent again', async () => {
    topic = await createTopic(kafka.direct);
    const producer = await startProducer(kafka.proxied);
    await producer.send({ topic, key: KEY, value: Buffer.from('1') });
    proxy.forget();
    proxy.fateOf = (request) => (request === 1 ? 'cut' : 'forward');
    const second = producer.send({ topic, key: KEY, value: Buffer.from('2') });
    await until(() => proxy.produceRequests > 0, { what: 'the request', everyMs: 1 });
    await Promise.all([second, producer.send({ topic, key: KEY, value: Buffer.from('3') })]);
    await producer.close();
    expect(await stored()).toEqual(['1', '2', '3']);
  });

  test('loses nothing of many records to many partitions, wherever it happens', async () => {
    topic = await createTopic(kafka.direct, { partitions: 12 });
    const producer = await startProducer(kafka.proxied);
    proxy.forget();
    proxy.fateOf = (request) => (request % 4 === 0 ? 'lose-reply' : request % 7 === 0 ? 'cut' : 'forward');
    const keys = Array.from({ length: 40 }, (_, index) => `payment-${index}`);
    const acknowledged = await Promise.all(keys.map((key) => sendInTurn(producer, key, 12)));
    await producer.close();
    const records = await storedRecords(kafka.directBrokers, topic);
    for (const [index, key] of keys.entries()) {
      expect(withoutRepeats(valuesOf(records, key))).toEqual(acknowledged[index]);
    }
  });
});

/** @returns the acknowledged values. */
async function sendInTurn(producer: BatchingProducer, key: string, count: number): Promise<string[]> {
  const values = Array.from({ length: count }, (_, index) => `${key}-${index}`);
  for (const value of values) await producer.send({ topic, key, value: Buffer.from(value) });
  return values;
}

describe('a send that was rejected', () => {
  test('does not swallow the one after it', async () => {
    topic = await createTopic(kafka.direct);
    const producer = await startProducer(kafka.proxied, { deadlineMs: 1_000 });
    await until(() => producer.send({ topic, key: KEY, value: Buffer.from('1') }), { what: 'a send' });
    await loseReplyAndRefuse(
      producer.send({ topic, key: KEY, value: Buffer.from('2') }),
      'SendDeadlineError',
    );
    // Retries like a gateway that receives 503, until accepted.
    await until(() => producer.send({ topic, key: KEY, value: Buffer.from('3') }), { what: 'a send' });
    await producer.close();
    expect(withoutRepeats(await stored())).toEqual(['1', '2', '3']);
  });

  test('swallows the one after it when the producer is idempotent: why ours is not', async () => {
    topic = await createTopic(kafka.direct);
    const raw = kafka.proxied.producer({ idempotent: true, retry: { retries: 1 } });
    await raw.connect();
    const send: Send = (value) => raw.send({ topic, messages: [{ key: KEY, value }] });
    await send('1');
    proxy.forget();
    proxy.fateOf = (request) => (request <= 2 ? 'lose-reply' : 'forward');
    await expect(send('2')).rejects.toThrow();
    await send('3');
    await raw.disconnect();
    expect(await stored()).toEqual(['1', '2']);
  });
});

/** The broker stores `sent`, its reply is lost, and it stays unreachable until the sender gives up. */
async function loseReplyAndRefuse(sent: Promise<unknown>, errorName: string): Promise<void> {
  proxy.forget();
  proxy.fateOf = () => 'lose-reply';
  const outcome = expect(sent).rejects.toMatchObject({ name: errorName });
  await until(() => proxy.produceRequests > 0, { what: 'the request', everyMs: 1 });
  await proxy.refuse();
  await outcome;
  proxy.forget();
  await proxy.accept();
}
