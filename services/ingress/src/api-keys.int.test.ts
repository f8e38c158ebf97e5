import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { measured } from '@payments/runtime/testing';
import { type CommandPost, creation, expectProblem, postCommand } from './testing/command-posts.js';
import { newCaller, TestCallers } from './testing/test-callers.js';
import { startTestIngress, type TestIngress } from './testing/test-ingress.js';

const shop = newCaller();
const reader = newCaller({ scopes: ['payments:read'] });
const creator = newCaller({ scopes: ['payments:create'] });
const expired = newCaller({ expiresAt: '2020-01-01T00:00:00Z' });

/** These tests share their processor with many others. */
jest.setTimeout(60_000);

let callers: TestCallers;
let ingress: TestIngress;
beforeAll(async () => {
  callers = new TestCallers([shop, reader, creator, expired]);
  ingress = await startTestIngress({ apiKeysFile: callers.file });
});
afterAll(async () => {
  await ingress?.close();
  callers.remove();
});

const post = (given: Partial<CommandPost> = {}) => postCommand(ingress.url, { key: shop.key, ...given });

async function untilKnown(key: string): Promise<void> {
  const known = async () => (await post({ key, body: {} })).status !== 401;
  await until(known, { what: 'the file of keys to be read again' });
}

test.each([
  ['no key', { headers: { authorization: '' } }],
  ['an unknown key', { key: 'unknown' }],
  ['an expired key', { key: expired.key }],
])('401 for %s', async (_what, given) => {
  const answer = await post(given);
  expectProblem(answer, 401);
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
});

test('403 for a key without the scope, naming it', async () => {
  const answer = await post({ key: reader.key });
  expectProblem(answer, 403);
  expect(answer.body.detail).toMatch(/payments:create/);
});

test('a creation that confirms needs the scope of confirmations as well', async () => {
  expect((await post({ key: creator.key, body: creation() })).status).toBe(202);
  const body = creation({ confirm: true, paymentMethodToken: 'pm_card_visa' });
  const answer = await post({ key: creator.key, body });
  expectProblem(answer, 403);
  expect(answer.body.detail).toMatch(/payments:confirm/);
  expect((await post({ body })).status).toBe(202);
});

test('API keys are exchanged while it runs; a broken file keeps those there were', async () => {
  const [old, replacement] = [newCaller(), newCaller()];
  callers.write([shop, reader, expired, old]);
  await untilKnown(old.key);
  callers.writeText('{"keys": [');
  const broken = async () => (await measured(ingress.metrics, 'api_keys_file_broken')) === 1;
  await until(broken, { what: 'the broken file to be noticed' });
  expect((await post({ key: old.key })).status).toBe(202);
  callers.write([shop, reader, expired, replacement]);
  await untilKnown(replacement.key);
  expectProblem(await post({ key: old.key }), 401);
  expect(ingress.logged.join('')).not.toContain(old.key);
});

test('without a file of API keys nobody is let in', async () => {
  const closed = await startTestIngress();
  try {
    expectProblem(await postCommand(closed.url, { key: shop.key }), 401);
  } finally {
    await closed.close();
  }
});
