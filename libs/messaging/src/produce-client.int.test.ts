import { afterEach, expect, test } from '@jest/globals';
import { sharedStack, until } from '@payments/local/testing';
import { ProduceClient } from './produce-client.js';
import { type FakeBroker, startFakeBroker } from './testing/fake-broker.js';
import { connectTo, createTopic, startProducer } from './testing/kafka-client.js';

const SASL_HANDSHAKE = 17;
const API_VERSIONS = 18;
const SASL_AUTHENTICATE = 36;

let broker: FakeBroker;
afterEach(() => broker?.close());

/** Replies of a broker that requires authentication, by API, up to the handshake. */
const REPLIES: Readonly<Record<number, Buffer>> = {
  // No error, one mechanism.
  [SASL_HANDSHAKE]: Buffer.from('\0\0\0\0\0\x01\0\x05PLAIN'),
  // No error, one API: SaslAuthenticate in the versions 0 to 2; no throttling.
  [API_VERSIONS]: Buffer.from([0, 0, 0, 0, 0, 1, 0, SASL_AUTHENTICATE, 0, 0, 0, 2, 0, 0, 0, 0]),
};

function signingIn(): ProduceClient {
  const sasl = { mechanism: 'plain', username: 'user', password: 'password' } as const;
  return new ProduceClient({ brokers: [broker.address], clientId: 'test', sasl });
}

test('a broker that is lost while a client signs in is no answer, and does not end the process', async () => {
  let resets = 0;
  broker = await startFakeBroker((apiKey, socket) => {
    if (apiKey !== SASL_AUTHENTICATE) return REPLIES[apiKey];
    resets += 1;
    socket.resetAndDestroy();
    return undefined;
  });
  const client = signingIn();
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await expect(client.connect()).rejects.toMatchObject({ name: 'NoAnswerError' });
    expect(resets).toBe(attempt);
  }
  await client.close();
});

test('a broker that takes its time over each step of a sign-in is waited for', async () => {
  // No tags, no error, no message, no bytes, no end of the session, no tags.
  const welcome = Buffer.from([0, 0, 0, 0, 1, ...Buffer.alloc(8), 0]);
  const asked: number[] = [];
  broker = await startFakeBroker((apiKey) => {
    asked.push(apiKey);
    return apiKey === SASL_AUTHENTICATE ? welcome : REPLIES[apiKey];
  }, 400);
  const client = signingIn();
  const outcome = client.connect().catch((error: Error) => error);
  await until(() => asked.at(-1) === API_VERSIONS && asked.includes(SASL_AUTHENTICATE), {
    what: 'a request of a client that has signed in',
  });
  await client.close();
  await outcome;
});

test('a broker that takes connections and answers nothing is passed over for the next one', async () => {
  broker = await startFakeBroker(() => undefined);
  const { kafkaBrokers } = sharedStack();
  const topic = await createTopic(connectTo(kafkaBrokers));
  const producer = await startProducer(connectTo([broker.address, ...kafkaBrokers]));
  const position = await producer.send({ topic, key: 'k', value: Buffer.from('v') });
  expect(position).toEqual({ partition: 0, offset: 0n });
  await producer.close();
});
