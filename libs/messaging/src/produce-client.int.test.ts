import { afterEach, expect, test } from '@jest/globals';
import { sharedStack } from '@payments/local/testing';
import { ProduceClient } from './produce-client.js';
import { type FakeBroker, startFakeBroker } from './testing/fake-broker.js';
import { connectTo, createTopic, startProducer } from './testing/kafka-client.js';

const SASL_HANDSHAKE = 17;
const API_VERSIONS = 18;
const SASL_AUTHENTICATE = 36;

let broker: FakeBroker;
afterEach(() => broker?.close());

test('a broker that is lost while a client signs in is no answer, and does not end the process', async () => {
  let resets = 0;
  broker = await startFakeBroker((apiKey, socket) => {
    // No error, one mechanism.
    if (apiKey === SASL_HANDSHAKE) return Buffer.from('\0\0\0\0\0\x01\0\x05PLAIN');
    // No error, one API: SaslAuthenticate in the versions 0 to 2; no throttling.
    if (apiKey === API_VERSIONS) return Buffer.from([0, 0, 0, 0, 0, 1, 0, 36, 0, 0, 0, 2, 0, 0, 0, 0]);
    if (apiKey === SASL_AUTHENTICATE) resets += 1;
    socket.resetAndDestroy();
    return undefined;
  });
  const client = new ProduceClient({
    ...{ brokers: [broker.address], clientId: 'test' },
    sasl: { mechanism: 'plain', username: 'user', password: 'password' },
  });
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await expect(client.connect()).rejects.toMatchObject({ name: 'NoAnswerError' });
    expect(resets).toBe(attempt);
  }
  await client.close();
});

test('a broker that takes connections and answers nothing is passed over for the next one', async () => {
  broker = await startFakeBroker(() => undefined);
  const { kafkaBrokers } = sharedStack();
  const topic = await createTopic(connectTo(kafkaBrokers));
  const producer = await startProducer(connectTo([broker.address, ...kafkaBrokers]));
  const position = await producer.send({ topic, key: 'k', value: Buffer.from('v') });
  expect(position).toEqual({ partition: 0, offset: 0n });
  await producer.close();
}, 40_000);
