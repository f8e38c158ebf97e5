import { expect, test } from '@jest/globals';
import { createCommand } from '@payments/domain/testing';
import { insertAttempts, LeaseLostError, leaseAttempts, type NewAttempt, settle } from '../index.js';
import {
  checkout,
  fallbackTo,
  inShort,
  LEASE_MS,
  someAttempts,
  type TestGateway,
  testGateway,
} from '../testing/attempts.js';
import type { TestLedger } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';
import { endAttempts } from './end-attempts.js';
import { wakeBehind } from './wake-attempts.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

const insert = (attempts: readonly NewAttempt[]) => ledger.transaction((em) => insertAttempts(em, attempts));
const endLeases = () =>
  ledger.rows('UPDATE gateway_attempts SET due_at = now() WHERE lease_token IS NOT NULL');

test('a redelivered command makes one attempt', async () => {
  const attempts = someAttempts(3);
  expect(await insert(attempts)).toBe(3);
  expect(await insert([...attempts, ...someAttempts(1)])).toBe(1);
  expect(await gateway.lease('stripe')).toHaveLength(4);
});

test('attempts of a payment that a restore lost belong to the payment that its command creates again', async () => {
  const create = checkout({ fallbacks: [fallbackTo('paypal')] });
  const { commandId, intentId } = create;
  const ofLost = (['create', 'confirm'] as const).flatMap((operation) =>
    someAttempts(1).map((one) => ({ ...one, commandId, intentId, operation })),
  );
  await insert(ofLost);
  expect((await gateway.lease('stripe')).map(({ attempt }) => attempt.isOfCreation)).toEqual([false, false]);
  await gateway.command(create);
  // As in a redelivery.
  expect(await insert(ofLost)).toBe(0);
  const { lease, attempt } = await gateway.leaseOne('stripe');
  expect(attempt).toMatchObject({ operation: 'create', isOfCreation: true });
  expect((await gateway.load(lease)).payment.intent.intentId).toBe(intentId);
  expect(inShort(await gateway.attemptsOf(intentId))).toEqual(['create 1 PENDING', 'confirm 1 PENDING']);
});

test('several pools share the due attempts: each is leased by one', async () => {
  await insert(someAttempts(200));
  const pools = Array.from({ length: 8 }, async () => {
    const held: string[] = [];
    for (;;) {
      const leased = await gateway.lease('stripe', { limit: 7 });
      if (leased.length === 0) return held;
      held.push(...leased.map(({ attempt }) => attempt.attemptId));
    }
  });
  const held = (await Promise.all(pools)).flat();
  expect([held.length, new Set(held).size]).toEqual([200, 200]);
});

test('attempts locked by others are skipped', async () => {
  await insert(someAttempts(2));
  await ledger.database.transaction(async (em) => {
    const options = { provider: 'stripe', limit: 1, leaseMs: LEASE_MS } as const;
    const { leased, more } = await leaseAttempts(em, options);
    const elsewhere = await gateway.lease('stripe');
    expect([leased.length, more, elsewhere.length]).toEqual([1, true, 1]);
    expect(elsewhere[0]?.attempt.attemptId).not.toBe(leased[0]?.attempt.attemptId);
  });
});

test('only attempts of the given gateway are leased', async () => {
  await insert([
    ...someAttempts(1),
    ...someAttempts(2).map((one) => ({ ...one, provider: 'paypal' as const })),
  ]);
  expect(await gateway.lease('paypal')).toHaveLength(2);
  expect(await gateway.lease('razorpay')).toHaveLength(0);
  expect(await gateway.lease('stripe')).toHaveLength(1);
});

test('attempts of a leg are leased in the order in which they were requested', async () => {
  const create = checkout();
  await gateway.command(create);
  const first = await gateway.leaseOne('stripe');
  expect(first.attempt.operation).toBe('create');
  expect(await gateway.lease('stripe')).toEqual([]);
  const sent = await gateway.send(first);
  expect(await gateway.lease('stripe')).toEqual([]);
  const answer = { gatewayObjectId: 'pi_1', objectIds: ['pi_1'], facts: [] };
  const ending = { state: 'SUCCEEDED', error: null, isPointless: false, failOver: null } as const;
  await ledger.transaction((em) => settle(em, sent, ending, answer));
  // Due at once, although it was postponed while it had to wait.
  expect((await gateway.leaseOne('stripe')).attempt.operation).toBe('confirm');
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    'create 1 SUCCEEDED',
    'confirm 1 PENDING',
  ]);
});

test('attempts behind one that takes long are postponed for longer, and then leased one by one', async () => {
  const [first] = someAttempts(1);
  if (first === undefined) throw new Error('there is none');
  const { paymentIntentId, askedAt } = first;
  await insert([
    first,
    ...someAttempts(3).map((one) => ({ ...one, paymentIntentId, askedAt: askedAt - 120_000 })),
  ]);
  await ledger.rows('UPDATE gateway_attempts SET due_at = now()');
  const { attempt, lease } = await gateway.leaseOne('stripe');
  expect(attempt.commandId).toBe(first.commandId);
  const putOff = () =>
    ledger.rows(
      `SELECT due_at > now() + interval '25 s' AS far FROM gateway_attempts
       WHERE lease_token IS NULL AND state = 'PENDING' ORDER BY sequence`,
    );
  expect(await putOff()).toEqual([{ far: true }, { far: true }, { far: true }]);
  await ledger.transaction(async (em) => {
    const error = { type: 'INVALID_REQUEST', code: 'refused', message: null };
    const ending = { state: 'FAILED', error, isPointless: false, failOver: null } as const;
    await endAttempts(em, [{ lease, ending, refundId: null }]);
    await wakeBehind(em, [attempt]);
  });
  expect(await putOff()).toEqual([{ far: false }, { far: true }, { far: true }]);
});

test('the order within a leg holds also far behind in the queue', async () => {
  const create = checkout();
  await gateway.command(create);
  await ledger.rows(
    `UPDATE gateway_attempts SET due_at = now() - interval '1 hour' WHERE operation = 'confirm'`,
  );
  expect((await gateway.leaseOne('stripe')).attempt.operation).toBe('create');
});

test('nothing is written under a lost lease', async () => {
  const create = createCommand();
  await gateway.command(create);
  const slow = await gateway.send(await gateway.leaseOne('stripe'));
  await endLeases();
  const next = await gateway.leaseOne('stripe');
  expect(next.lease.token).not.toBe(slow.lease.token);
  const before = await ledger.rows('SELECT * FROM payment_intents');
  const answer = { gatewayObjectId: 'pi_late', objectIds: [], facts: [] };
  const ending = { state: 'SUCCEEDED', error: null, isPointless: false, failOver: null } as const;
  const step = { kind: 'postpone', attempt: slow.attempt, dueAt: 0 } as const;
  await expect(gateway.load(slow.lease)).rejects.toThrow(LeaseLostError);
  await expect(gateway.send(slow)).rejects.toThrow(LeaseLostError);
  await expect(gateway.postpone(slow.lease, step)).rejects.toThrow(LeaseLostError);
  await expect(ledger.transaction((em) => settle(em, slow, ending, answer))).rejects.toThrow(LeaseLostError);
  expect(await ledger.rows('SELECT * FROM payment_intents')).toEqual(before);
  expect(await ledger.rows(`SELECT * FROM gateway_object_refs WHERE object_id = 'pi_late'`)).toEqual([]);
  expect(await ledger.rows('SELECT answered_at FROM gateway_requests')).toEqual([{ answered_at: null }]);
});

test('a sent call whose lease expired has an unknown outcome; one that was not sent is due again', async () => {
  const create = createCommand();
  await gateway.command(create);
  const leased = await gateway.leaseOne('stripe');
  await endLeases();
  expect((await gateway.leaseOne('stripe')).attempt).toMatchObject({ state: 'PENDING', unknownSince: null });
  await endLeases();
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  expect(sent.attempt).toMatchObject({ state: 'SENT', sends: 1 });
  await endLeases();
  const { attempt } = await gateway.leaseOne('stripe');
  expect(attempt).toMatchObject({ attemptId: leased.attempt.attemptId, state: 'UNKNOWN', sends: 1 });
  expect(attempt.unknownSince).toBeGreaterThanOrEqual(attempt.lastSentAt ?? Number.NaN);
});

test.each([
  ['that of the call before, which was refused, is not its own', 'rate_limit', null, null],
  ['that of the call that it repeats is kept', 'timeout', '2026-01-02', 'timeout'],
  ['a cancellation remembers what it waits for', 'STILL_PROCESSING', null, 'STILL_PROCESSING'],
])('the error of a call whose worker has died: %s', async (_, code, unknownSince, kept) => {
  await gateway.command(createCommand());
  await gateway.send(await gateway.leaseOne('stripe'));
  await ledger.rows(`UPDATE gateway_attempts SET error_type = 'ANY', error_code = $1, unknown_since = $2`, [
    code,
    unknownSince,
  ]);
  await endLeases();
  const { attempt } = await gateway.leaseOne('stripe');
  expect(attempt.state).toBe('UNKNOWN');
  expect(attempt.lastError?.code ?? null).toBe(kept);
});
