import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type PaymentIntentCommand, TOPICS } from '@payments/contracts';
import { AMOUNT_MINOR_MAX, commandIdOf, intentIdOf } from '@payments/domain';
import { sharedStack, until } from '@payments/local/testing';
import { createKafka, SchemaCodec } from '@payments/messaging';
import { createLogger } from '@payments/runtime';
import { type CommandPost, creation, expectProblem, postCommand } from './testing/command-posts.js';
import { collectRecords, type PublishedRecords } from './testing/published.js';
import { newCaller, TestCallers } from './testing/test-callers.js';
import {
  CREATIONS_PER_MINUTE,
  QUERY_URL,
  startTestIngress,
  type TestIngress,
} from './testing/test-ingress.js';

const CARD = '4242424242424242';
const INTENT = intentIdOf('order-1', 'stripe');

const shop = newCaller();
const other = newCaller();

/** These tests share their processor with many others. */
jest.setTimeout(60_000);

let callers: TestCallers;
let ingress: TestIngress;
let commands: PublishedRecords<PaymentIntentCommand>;

beforeAll(async () => {
  callers = new TestCallers([shop, other]);
  ingress = await startTestIngress({ apiKeysFile: callers.file });
  const { kafkaBrokers, registryUrl } = sharedStack();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const kafka = createKafka({ brokers: kafkaBrokers, clientId: 'test', logger });
  const codec = new SchemaCodec(registryUrl);
  commands = await collectRecords(kafka, codec, TOPICS.intentCommands, ({ commandId }) => commandId);
}, 60_000);
afterAll(async () => {
  await commands.close();
  await ingress.close();
  callers.remove();
});

const post = (given: Partial<CommandPost> = {}) => postCommand(ingress.url, { key: shop.key, ...given });

describe('an accepted command', () => {
  test('that creates is answered with its ids and links, and is in Kafka under its intent', async () => {
    const body = creation({ metadata: { basket: 'b-1' }, confirm: true, paymentMethodToken: 'pm_card_visa' });
    const idempotencyKey = randomUUID();
    const { status, body: answer } = await post({ body, idempotencyKey });
    const commandId = commandIdOf(shop.id, idempotencyKey);
    const intentId = intentIdOf(String(body.orderId), 'stripe');
    expect(status).toBe(202);
    expect(answer).toEqual({
      commandId,
      commandUrl: `${QUERY_URL}/v1/commands/${commandId}`,
      intentId,
      statusUrl: `${QUERY_URL}/v1/payment-intents/${intentId}`,
    });
    const { key, value } = await commands.first(commandId);
    expect(key).toBe(intentId);
    expect(value).toMatchObject({ commandId, intentId, type: 'create', sender: shop.id, create: body });
    expect(Math.abs(value.issuedAt - Date.now())).toBeLessThan(60_000);
  });

  test('may be about the largest amount there is', async () => {
    const amount = Number(AMOUNT_MINOR_MAX);
    const { status, body: answer } = await post({ body: creation({ amount }) });
    expect(status).toBe(202);
    const { value } = await commands.first(String(answer.commandId));
    expect(value.create?.amount).toBe(amount);
  });

  test.each([
    ['confirm', 'confirm', { paymentMethodToken: 'pm_card_visa' }],
    ['capture', 'capture', { amount: 5 }],
    ['cancel', 'cancel', { reason: 'sold out' }],
    ['refunds', 'refund', { amount: 5, reason: 'broken' }],
  ] as const)('to %s is about the intent of its path, however that is written', async (path, type, body) => {
    const { status, body: answer } = await post({
      path: `/v1/payment-intents/${INTENT.toUpperCase()}/${path}`,
      body,
    });
    expect(status).toBe(202);
    expect(answer.intentId).toBe(INTENT);
    const { key, value } = await commands.first(String(answer.commandId));
    expect(key).toBe(INTENT);
    expect(value).toMatchObject({ type, intentId: INTENT, create: null, [type]: body });
  });

  test('may come without a body if all its fields may be left out', async () => {
    const response = await fetch(`${ingress.url}/v1/payment-intents/${INTENT}/cancel`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.key}`, 'idempotency-key': randomUUID() },
    });
    expect(response.status).toBe(202);
    const { commandId } = (await response.json()) as { commandId: string };
    expect((await commands.first(commandId)).value.cancel).toEqual({ reason: null });
  });

  test('posted a hundred times at once with one key is one command', async () => {
    const idempotencyKey = randomUUID();
    const body = creation();
    const answers = await Promise.all(Array.from({ length: 100 }, () => post({ body, idempotencyKey })));
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(202));
    expect(new Set(answers.map(({ body: { commandId } }) => commandId)).size).toBe(1);
    const commandId = commandIdOf(shop.id, idempotencyKey);
    // After a rebalance the consumer may read some of them twice.
    await until(() => commands.of(commandId).length >= 100, { what: 'all records' });
    const contents = commands
      .of(commandId)
      .map(({ value: { issuedAt, ...content } }) => JSON.stringify(content));
    expect(new Set(contents).size).toBe(1);
  });
});

describe('a key that was used before is refused with 422', () => {
  test('for another body, not for the same one written otherwise', async () => {
    const idempotencyKey = randomUUID();
    const body = creation();
    expect((await post({ body, idempotencyKey })).status).toBe(202);
    expectProblem(await post({ body: { ...body, amount: 2000 }, idempotencyKey }), 422);
    const reversed = Object.fromEntries(Object.entries({ ...body, metadata: {} }).reverse());
    expect((await post({ body: reversed, idempotencyKey })).status).toBe(202);
  });

  test('for another command on the same intent', async () => {
    const idempotencyKey = randomUUID();
    const about = (action: string) => ({
      path: `/v1/payment-intents/${INTENT}/${action}`,
      body: {},
      idempotencyKey,
    });
    expect((await post(about('capture'))).status).toBe(202);
    expectProblem(await post(about('refunds')), 422);
    expect((await post(about('capture'))).status).toBe(202);
  });

  test('by one of two that come at once', async () => {
    const idempotencyKey = randomUUID();
    const body = creation();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        post({ body: { ...body, amount: 1 + (index % 2) }, idempotencyKey }),
      ),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(10);
  });

  test('but not if another caller used it', async () => {
    const idempotencyKey = randomUUID();
    const one = await post({ idempotencyKey });
    const two = await post({ idempotencyKey, key: other.key });
    expect([one.status, two.status]).toEqual([202, 202]);
    expect(one.body.commandId).not.toBe(two.body.commandId);
  });
});

describe('a refused command gets a problem:', () => {
  test.each([
    ['no JSON', Buffer.from('{"orderId":')],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('400 for %s', async (_what, bytes) => {
    expectProblem(await post({ bytes: new Uint8Array(bytes) }), 400);
  });

  test.each([null, 'a b', 'k'.repeat(256)])('400 for the Idempotency-Key %j', async (idempotencyKey) => {
    expectProblem(await post({ idempotencyKey }), 400);
  });

  test('404 for what is no intent id, and for an action that there is not', async () => {
    expectProblem(await post({ path: '/v1/payment-intents/4711/confirm', body: {} }), 404);
    expectProblem(await post({ path: `/v1/payment-intents/${INTENT}/explode`, body: {} }), 404);
  });

  test('405 for another method', async () => {
    const response = await fetch(`${ingress.url}/v1/payment-intents`);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    await response.arrayBuffer();
  });

  test('413 for 2 MB', async () => {
    expectProblem(await post({ bytes: new Uint8Array(2_000_000).fill(0x20) }), 413);
    expect(ingress.bodies.bytesHeld).toBe(0);
  });

  test('415 for another content type', async () => {
    expectProblem(await post({ headers: { 'content-type': 'text/plain' } }), 415);
  });

  test('422 that names every field', async () => {
    const answer = await post({ body: creation({ amount: 19.99, currency: 'XXX', amout: 5 }) });
    expectProblem(answer, 422);
    expect(answer.body.errors).toEqual(
      ['amount', 'currency', 'amout'].map((field) => ({ field, problem: expect.any(String) })),
    );
  });

  test('422 for an amount whose fraction rounding would hide', async () => {
    const body = JSON.stringify(creation()).replace('1999', '4503599627370497.5');
    expectProblem(await post({ bytes: new Uint8Array(Buffer.from(body)) }), 422);
  });

  test('429 past the creations of a customer a minute, who may repeat what was accepted', async () => {
    const body = { customerId: randomUUID() };
    const first = { body: creation(body), idempotencyKey: randomUUID() };
    const accepted = [await post(first)];
    for (let count = 1; count < CREATIONS_PER_MINUTE; count += 1) {
      accepted.push(await post({ body: creation(body) }));
    }
    const remaining = accepted.map(({ headers }) => Number(headers.get('ratelimit-remaining')));
    expect(remaining).toEqual(accepted.map((_, index) => CREATIONS_PER_MINUTE - 1 - index));
    const refused = await post({ body: creation(body) });
    expectProblem(refused, 429);
    const reset = Number(refused.headers.get('ratelimit-reset'));
    expect(reset).toBeGreaterThan(0);
    expect(reset).toBeLessThanOrEqual(60);
    expect(refused.headers.get('retry-after')).toBe(String(reset));
    expect(refused.headers.get('ratelimit-limit')).toBe(String(CREATIONS_PER_MINUTE));
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    expect((await post(first)).status).toBe(202);
    expect((await post({ body: creation() })).status).toBe(202);
  });
});

test('a card number is refused wherever it stands, and is in no log line', async () => {
  const answers = await Promise.all([
    post({ body: creation({ metadata: { note: `card ${CARD}` } }) }),
    post({ body: creation({ [CARD]: CARD }) }),
    post({ body: creation({ orderId: CARD }), headers: { 'x-note': CARD } }),
    post({ idempotencyKey: CARD }),
    post({ bytes: new Uint8Array(Buffer.from(`{"orderId":"\\u0034${CARD.slice(1)}"}`)) }),
  ]);
  for (const answer of answers) {
    expectProblem(answer, 422);
    expect(answer.body.title).toBe('Card number refused');
    expect(JSON.stringify(answer.body)).not.toContain(CARD.slice(1));
  }
  expect(ingress.logged.some((line) => line.includes('command refused'))).toBe(true);
  expect(ingress.logged.join('')).not.toContain(CARD.slice(1));
});

test('commands are measured by type and status', async () => {
  await post();
  const text = await (await fetch(`${ingress.url}/metrics`)).text();
  expect(text).toMatch(/command_ingress_duration_seconds_count\{type="create",status="202"\} [1-9]/);
});

test.each(['openapi', 'asyncapi'])('/%s.json tells what there is', async (name) => {
  const response = await fetch(`${ingress.url}/${name}.json`);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toMatchObject({ [name]: expect.stringMatching(/^3\./) });
});
