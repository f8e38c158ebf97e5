import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { intentIdOf } from '@payments/domain';
import { until } from '@payments/local/testing';
import {
  aPayment,
  OTHER_KEY,
  startTestQuery,
  type TestQuery,
  untilCacheAnswers,
  WAIT_MS_MAX,
} from './testing/test-query.js';

const WAITERS_MAX = 20;
const WAITERS_PER_KEY_MAX = 15;
const OTHERS = { headers: { authorization: `Bearer ${OTHER_KEY}` } };

let query: TestQuery;

beforeAll(async () => {
  query = await startTestQuery({ waitersMax: WAITERS_MAX, waitersPerKeyMax: WAITERS_PER_KEY_MAX });
  await untilCacheAnswers(query);
});
afterAll(() => query.close());
afterEach(async () => {
  await untilWaiting(0);
});

const LONG = `${WAIT_MS_MAX}ms`;

async function untilWaiting(count: number): Promise<void> {
  await until(async () => (await query.measured('query_waiters')) === count, {
    what: `${count} callers to wait`,
  });
}

test('who waits for a change is answered when it is committed', async () => {
  const created = await query.create();
  const waiting = query.get(`/v1/payment-intents/${created.intentId}?wait=${LONG}&afterVersion=1`);
  await untilWaiting(1);
  await query.change(created);
  expect((await waiting).body).toMatchObject({ version: 2, status: 'PROCESSING' });
});

test('who has an old version is answered at once', async () => {
  const created = await query.create();
  await query.change(created);
  expect(
    (await query.get(`/v1/payment-intents/${created.intentId}?wait=${LONG}&afterVersion=1`)).body.version,
  ).toBe(2);
  expect((await query.get(`/v1/payment-intents/${created.intentId}?afterVersion=7`)).body.version).toBe(2);
});

test('after version 0 waits for the creation', async () => {
  const payment = aPayment();
  const intentId = intentIdOf(payment.orderId, payment.provider);
  const waiting = query.get(`/v1/payment-intents/${intentId}?wait=${LONG}&afterVersion=0`);
  await untilWaiting(1);
  await query.create(payment);
  expect(await waiting).toMatchObject({ status: 200, body: { intentId, version: 1 } });
});

test('when nothing happens in time, what is there is told', async () => {
  const { intentId } = await query.create();
  const answer = await query.get(`/v1/payment-intents/${intentId}?wait=30ms&afterVersion=1`);
  expect(answer).toMatchObject({ status: 200, body: { version: 1 } });
});

test('several wait for one intent, each for its version', async () => {
  const created = await query.create();
  const wait = (version: number) =>
    query.get(`/v1/payment-intents/${created.intentId}?wait=${LONG}&afterVersion=${version}`);
  const [first, second, third] = [wait(1), wait(1), wait(2)];
  await untilWaiting(3);
  await query.change(created);
  expect((await first).body.version).toBe(2);
  expect((await second).body.version).toBe(2);
  await untilWaiting(1);
  await query.change(created);
  expect((await third).body.version).toBe(3);
});

test('no more wait than are allowed; the others hear so, and are let in once there is room', async () => {
  const created = await query.create();
  const path = `/v1/payment-intents/${created.intentId}?wait=${LONG}&afterVersion=1`;
  const waiting = Array.from({ length: WAITERS_MAX }, (_, index) =>
    query.get(path, index < WAITERS_PER_KEY_MAX ? {} : OTHERS),
  );
  await untilWaiting(WAITERS_MAX);
  const refused = await query.get(path, OTHERS);
  expect(refused).toMatchObject({
    status: 503,
    body: { detail: expect.stringContaining('Too many callers wait') },
  });
  expect(refused.headers.get('retry-after')).toBe('1');
  // A request that does not wait is not rejected.
  expect((await query.get(`/v1/payment-intents/${created.intentId}`)).status).toBe(200);
  await query.change(created);
  for (const answer of await Promise.all(waiting)) expect(answer.body.version).toBe(2);
});

test('of one API key no more wait than its share; others are let in, and so is it once there is room', async () => {
  const created = await query.create();
  const path = `/v1/payment-intents/${created.intentId}?wait=${LONG}&afterVersion=1`;
  const waiting = Array.from({ length: WAITERS_PER_KEY_MAX }, () => query.get(path));
  await untilWaiting(WAITERS_PER_KEY_MAX);
  const refused = await query.get(path);
  expect(refused).toMatchObject({
    status: 429,
    type: 'application/problem+json',
    body: { detail: expect.stringContaining(`${WAITERS_PER_KEY_MAX} callers wait already`) },
  });
  expect(refused.headers.get('retry-after')).toBe('1');
  const other = query.get(path, OTHERS);
  await untilWaiting(WAITERS_PER_KEY_MAX + 1);
  await query.change(created);
  for (const answer of await Promise.all([...waiting, other])) expect(answer.body.version).toBe(2);
  const again = query.get(path.replace('afterVersion=1', 'afterVersion=2'));
  await untilWaiting(1);
  await query.change(created);
  expect((await again).body.version).toBe(3);
});

test('who goes away waits no longer', async () => {
  const { intentId } = await query.create();
  const gone = new AbortController();
  const waiting = query.get(`/v1/payment-intents/${intentId}?wait=${LONG}&afterVersion=1`, {
    signal: gone.signal,
  });
  await untilWaiting(1);
  gone.abort();
  await expect(waiting).rejects.toThrow('aborted');
  await untilWaiting(0);
});

test('at the end everybody is let go, with what is known', async () => {
  const ending = await startTestQuery();
  const { intentId } = await ending.create();
  const waiting = ending.get(`/v1/payment-intents/${intentId}?wait=${LONG}&afterVersion=1`);
  await until(async () => (await ending.measured('query_waiters')) === 1, { what: 'a caller to wait' });
  ending.waiters.close();
  expect(await waiting).toMatchObject({ status: 200, body: { version: 1 } });
  const late = await ending.get(`/v1/payment-intents/${intentId}?wait=${LONG}&afterVersion=1`);
  expect(late).toMatchObject({ status: 200, body: { version: 1 } });
  await ending.close();
});
