import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uniqueName } from '@payments/local/testing';
import { committedOffsets } from './committed-offsets.js';
import { createTopic } from './testing/kafka-client.js';
import { type ProxiedKafka, startProxiedKafka } from './testing/proxied-kafka.js';

/** Of Kafka's protocol: https://kafka.apache.org/protocol#protocol_api_keys, #protocol_error_codes */
const OFFSET_FETCH = 9;
const NOT_COORDINATOR = 16;

let kafka: ProxiedKafka;
beforeAll(async () => {
  kafka = await startProxiedKafka();
}, 120_000);
afterAll(() => kafka?.stop(), 60_000);

test('on a new cluster, which has no coordinator until it is asked for one, nothing is committed', async () => {
  const topic = await createTopic(kafka.direct);
  const groups = Array.from({ length: 4 }, () => uniqueName('group'));
  const committed = await Promise.all(groups.map((group) => committedOffsets(kafka.direct, group, topic)));
  expect(committed).toEqual(groups.map(() => new Map()));
}, 60_000);

test('a coordinator that has just handed the group on is asked for again', async () => {
  const topic = await createTopic(kafka.direct, { partitions: 2 });
  const groupId = uniqueName('group');
  const admin = kafka.direct.admin();
  await admin.connect();
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 1, offset: '3' }] });
  await admin.disconnect();
  let refused = 0;
  kafka.proxy.replyTo = (apiKey, reply) => {
    if (apiKey !== OFFSET_FETCH || refused === 3) return reply;
    refused += 1;
    // The error code is the last field in the versions that kafkajs speaks.
    reply.writeInt16BE(NOT_COORDINATOR, reply.length - 2);
    return reply;
  };
  expect(await committedOffsets(kafka.proxied, groupId, topic)).toEqual(new Map([[1, 3n]]));
  expect(refused).toBe(3);
}, 60_000);
