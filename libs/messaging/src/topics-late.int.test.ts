import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uniqueName } from '@payments/local/testing';
import { type ProxiedKafka, startProxiedKafka } from './testing/proxied-kafka.js';
import { ensureTopics } from './topics.js';

/** Of Kafka's protocol: https://kafka.apache.org/protocol#protocol_api_keys, #protocol_error_codes */
const METADATA = 3;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
/** The error code and the name's length, 2 bytes each, precede the name. */
const ERROR_BEFORE_NAME = 4;

let kafka: ProxiedKafka;
beforeAll(async () => {
  kafka = await startProxiedKafka();
}, 120_000);
afterAll(() => kafka?.stop(), 60_000);

test('a topic that was made a moment ago, and that its broker does not know yet, is waited for', async () => {
  const name = uniqueName('late');
  let unknown = 0;
  kafka.proxy.replyTo = (apiKey, reply) => {
    const at = reply.indexOf(name);
    if (apiKey !== METADATA || at < 0 || unknown === 3) return reply;
    unknown += 1;
    reply.writeInt16BE(UNKNOWN_TOPIC_OR_PARTITION, at - ERROR_BEFORE_NAME);
    return reply;
  };
  const topic = { name, partitions: 2, config: {} };
  const placement = { replicationFactor: 1, minInSyncReplicas: 1 };
  expect(await ensureTopics(kafka.proxied, [topic], placement)).toEqual([name]);
  expect(unknown).toBe(3);
}, 60_000);
