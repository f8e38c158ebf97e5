import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commandIdOf } from '@payments/domain';
import { type OwnStack, startOwnStack, until } from '@payments/local/testing';
import { creation, postCommand } from './testing/command-posts.js';
import { newCaller, TestCallers } from './testing/test-callers.js';
import { CREATIONS_PER_MINUTE, startTestIngress, type TestIngress } from './testing/test-ingress.js';

const shop = newCaller();
let callers: TestCallers;
beforeAll(() => {
  callers = new TestCallers([shop]);
});
afterAll(() => callers.remove());

describe('without Redis', () => {
  let ingress: TestIngress;
  beforeAll(async () => {
    ingress = await startTestIngress({ apiKeysFile: callers.file, redisUrl: 'redis://127.0.0.1:1' });
  }, 60_000);
  afterAll(() => ingress.close());

  test('commands are accepted under the same ids', async () => {
    const idempotencyKey = randomUUID();
    const body = creation();
    const answers = [
      await postCommand(ingress.url, { key: shop.key, body, idempotencyKey }),
      await postCommand(ingress.url, { key: shop.key, body, idempotencyKey }),
    ];
    for (const { status, body: answer } of answers) {
      expect(status).toBe(202);
      expect(answer.commandId).toBe(commandIdOf(shop.id, idempotencyKey));
    }
  });

  test('the creations of a customer are limited by this process alone', async () => {
    const customerId = randomUUID();
    const statuses: number[] = [];
    for (let count = 0; count <= CREATIONS_PER_MINUTE; count += 1) {
      const { status } = await postCommand(ingress.url, { key: shop.key, body: creation({ customerId }) });
      statuses.push(status);
    }
    expect(statuses).toEqual([...Array(CREATIONS_PER_MINUTE).fill(202), 429]);
  });
});

describe('without a broker', () => {
  let stack: OwnStack;
  let ingress: TestIngress;
  beforeAll(async () => {
    stack = await startOwnStack({ parts: ['kafka'] });
    ingress = await startTestIngress({
      apiKeysFile: callers.file,
      kafkaBrokers: stack.kafkaBrokers,
      deadlineMs: 1_000,
    });
  }, 120_000);
  afterAll(async () => {
    await ingress?.close();
    await stack?.stop();
  }, 60_000);

  test('a command is refused with 503 until the broker is back, and then accepted under the same id', async () => {
    const command = { key: shop.key, body: creation(), idempotencyKey: randomUUID() };
    const another = { ...command, idempotencyKey: randomUUID() };
    // The first record sent to a new broker may miss the deadline.
    const isAccepted = async () => (await postCommand(ingress.url, another)).status === 202;
    await until(isAccepted, { what: 'a command to be accepted' });
    await stack.kafka.kill();
    const refused = await postCommand(ingress.url, command);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    await stack.kafka.start();
    const accepted = await until(
      async () => {
        const answer = await postCommand(ingress.url, command);
        return answer.status === 202 ? answer : undefined;
      },
      { what: 'the command to be accepted' },
    );
    expect(accepted.body.commandId).toBe(commandIdOf(shop.id, command.idempotencyKey));
  }, 120_000);
});
