import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { forgetPayments, paymentIntentKey } from '@payments/cache';
import { type OwnStack, startOwnStack, until } from '@payments/local/testing';
import { type CreatedPayment, type Database, type NewPaymentRow, openDatabase } from '@payments/persistence';
import { aPayment, startTestQuery, type TestQuery, untilCacheAnswers } from './testing/test-query.js';

interface Pool {
  query(statement: object): Promise<unknown>;
}

describe('a slow reader and a writer', () => {
  let query: TestQuery;
  let slow: TestQuery;
  let reading: PromiseWithResolvers<void>;
  let mayGoOn: PromiseWithResolvers<void>;
  let payment: NewPaymentRow;
  let created: CreatedPayment;

  beforeAll(async () => {
    query = await startTestQuery();
    const url = (query.database.primary.options as { url?: string }).url ?? '';
    const database = await openDatabase({ url, poolSize: 2, applicationName: 'slow' });
    slow = await startTestQuery({ databaseUrl: url, overrides: { database: slowly(database) } });
    await Promise.all([untilCacheAnswers(query), untilCacheAnswers(slow)]);
  });
  afterAll(async () => {
    await slow.close();
    await query.close();
  });
  beforeEach(async () => {
    reading = Promise.withResolvers();
    mayGoOn = Promise.withResolvers();
    payment = aPayment();
    created = await query.create(payment);
  });

  /** A database that reads at once, but delivers the result only when the test says so. */
  function slowly(database: Database): Pick<Database, 'primary'> {
    const { driver } = database.primary as unknown as { driver: { master: Pool } };
    const query = async (statement: object): Promise<unknown> => {
      const found = await driver.master.query(statement);
      reading.resolve();
      await mayGoOn.promise;
      return found;
    };
    const primary = Object.create(database.primary, { driver: { value: { master: { query } } } });
    return { primary };
  }

  const path = () => `/v1/payment-intents/${created.intentId}`;
  const forget = () => forgetPayments(query.cache, [{ ...payment, intentId: created.intentId }]);

  test('an old version that was read before a commit never comes back after it', async () => {
    const late = slow.get(path());
    await reading.promise;
    await query.change(created);
    await forget();
    expect((await query.get(path())).body.version).toBe(2);
    mayGoOn.resolve();
    // Its own caller asked before the commit.
    expect((await late).body.version).toBe(1);
    for (let reads = 0; reads < 20; reads += 1) expect((await query.get(path())).body.version).toBe(2);
    expect(await query.cache.look(paymentIntentKey(created.intentId))).toMatchObject({
      kind: 'hit',
      version: 2,
    });
  });

  test('nor when nobody has read in between', async () => {
    const late = slow.get(path());
    await reading.promise;
    await query.change(created);
    await forget();
    mayGoOn.resolve();
    await late;
    expect((await query.get(path())).body.version).toBe(2);
  });

  test('nor in the list of an order or of a customer', async () => {
    const lists = [`/v1/orders/${payment.orderId}/payments`, `/v1/customers/${payment.customerId}/payments`];
    for (const list of lists) {
      reading = Promise.withResolvers();
      mayGoOn = Promise.withResolvers();
      await forget();
      const late = slow.get(list);
      await reading.promise;
      await query.change(created);
      await forget();
      mayGoOn.resolve();
      const before = (await late).body.payments[0]?.version ?? 0;
      expect((await query.get(list)).body.payments[0]?.version).toBe(before + 1);
    }
  });

  test('who reads past the cache replaces an older version there, if its writer died before it could', async () => {
    mayGoOn.resolve();
    expect((await query.get(path())).body.version).toBe(1);
    await query.change(created);
    expect((await query.get(path())).body.version).toBe(1);
    expect((await query.get(`${path()}?afterVersion=1`)).body.version).toBe(2);
    const isReplaced = async () => (await query.get(path())).body.version === 2;
    await until(isReplaced, { what: 'the cache to have the newer version' });
  });
});

describe('on parts that go away', () => {
  let stack: OwnStack;
  let query: TestQuery;

  beforeAll(async () => {
    stack = await startOwnStack({ parts: ['replica', 'redis'] });
    query = await startTestQuery({
      databaseUrl: stack.databaseUrl,
      replicaUrl: stack.replica.url,
      redisUrl: stack.redisUrl,
    });
    await untilCacheAnswers(query);
  }, 60_000);
  afterAll(async () => {
    await query.close();
    await stack.stop();
  });

  async function untilReplicaIsUsed(): Promise<void> {
    await until(async () => (await query.measured('database_replica_usable')) === 1, { what: 'the replica' });
  }

  test('while Redis is gone everything is answered from Postgres, as new as it is there', async () => {
    const payment = aPayment();
    const created = await query.create(payment);
    const path = `/v1/payment-intents/${created.intentId}`;
    await query.get(path);
    await stack.redis.kill();
    for (const version of [2, 3, 4]) {
      await query.change(created);
      expect((await query.get(path)).body.version).toBe(version);
    }
    expect((await query.get(`/v1/orders/${payment.orderId}/payments`)).body.payments).toHaveLength(1);
    expect((await query.get(`/v1/customers/${payment.customerId}/payments`)).status).toBe(200);
    await stack.redis.start();
    await untilCacheAnswers(query);
    expect((await query.get(path)).body.version).toBe(4);
  }, 60_000);

  test("a customer's payments are read while the replica is behind, and while it is gone", async () => {
    await untilReplicaIsUsed();
    const payment = aPayment();
    const path = `/v1/customers/${payment.customerId}/payments`;
    const count = async () => (await query.get(path)).body.payments.length;
    const admin = await openDatabase({ url: stack.replica.url, poolSize: 1, applicationName: 'admin' });
    await admin.primary.query('SELECT pg_wal_replay_pause()');
    const created = await query.create(payment);
    // The worker's mark: what changed moments ago is read from the primary, whatever the lag.
    await forgetPayments(query.cache, [{ ...payment, intentId: created.intentId }]);
    expect(await count()).toBe(1);
    const behind = async () => (await query.measured('database_replica_usable')) === 0;
    await until(behind, { what: 'the lag to be seen' });
    expect((await query.get(`${path}?limit=5`)).body.payments).toHaveLength(1);
    await admin.primary.query('SELECT pg_wal_replay_resume()');
    await admin.close();
    await untilReplicaIsUsed();

    await stack.replica.kill();
    for (let limit = 1; limit <= 20; limit += 1) {
      expect((await query.get(`${path}?limit=${limit}`)).body.payments).toHaveLength(1);
    }
    await stack.replica.start();
    await untilReplicaIsUsed();
  }, 60_000);

  test('while Postgres is gone what is cached is told, and the rest is 503 with Retry-After', async () => {
    const [cached, other] = [await query.create(), await query.create()];
    await query.get(`/v1/payment-intents/${cached.intentId}`);
    await stack.postgres.kill();
    expect((await query.get(`/v1/payment-intents/${cached.intentId}`)).status).toBe(200);
    const refused = await query.get(`/v1/payment-intents/${other.intentId}`);
    expect(refused).toMatchObject({ status: 503, type: 'application/problem+json' });
    expect(refused.headers.get('retry-after')).toBe('1');
    await stack.postgres.start();
    const answers = async () => (await query.get(`/v1/payment-intents/${other.intentId}`)).status === 200;
    await until(answers, { what: 'Postgres to be read again' });
  }, 60_000);
});
