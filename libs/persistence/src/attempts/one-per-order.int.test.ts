import { beforeEach, expect, test } from '@jest/globals';
import {
  ATTEMPT_POLICY,
  type CreateCommand,
  decideSend,
  intentIdOf,
  STILL_PROCESSING,
} from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { type LeasedAttempt, loadSubject, settle } from '../index.js';
import {
  awaitsConfirmation,
  checkout,
  inShort,
  type SentAttempt,
  type TestGateway,
  testGateway,
} from '../testing/attempts.js';
import { captured, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';
import { markSent } from './mark-sent.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

let first: CreateCommand;
let sent: SentAttempt;

/** The order's first intent: its confirmation is out when it is canceled. */
beforeEach(async () => {
  first = checkout();
  await gateway.command(first);
  await gateway.end(await gateway.send(await gateway.leaseOne('stripe')), {
    facts: [awaitsConfirmation('pi_1')],
  });
  sent = await gateway.send(await gateway.leaseOne('stripe'));
  await gateway.command(commandOn(first, 'cancel'));
});

/** Another intent of the order, whose confirmation is due. */
async function second(
  over: Partial<CreateCommand> = {},
): Promise<{ create: CreateCommand; confirm: LeasedAttempt }> {
  const { orderId } = first;
  const create = checkout({ orderId, attempt: 2, intentId: intentIdOf(orderId, 'stripe', 2), ...over });
  await gateway.command(create);
  const facts = [awaitsConfirmation('pi_2')];
  await gateway.end(await gateway.send(await gateway.leaseOne('stripe')), { gatewayObjectId: 'pi_2', facts });
  return { create, confirm: await gateway.leaseOne('stripe') };
}

const decide = async ({ lease }: LeasedAttempt) => decideSend(await gateway.load(lease), ATTEMPT_POLICY);

async function hold(confirm: LeasedAttempt): Promise<void> {
  const step = await decide(confirm);
  if (step.kind !== 'postpone') throw new Error(step.kind);
  await gateway.postpone(confirm.lease, { ...step, dueAt: Date.now() + 3_600_000 });
}

const takesMoney = { facts: [captured('pi_1', { parentId: 'pi_1' })] };

test("an order's next intent waits while the one before it may be paying, and ends if that has paid", async () => {
  const { create, confirm } = await second();
  await hold(confirm);
  await gateway.end(sent, takesMoney);
  const again = (await gateway.lease('stripe')).find(({ attempt }) => attempt.intentId === create.intentId);
  if (again === undefined) throw new Error('it was not woken');
  const step = await decide(again);
  if (step.kind !== 'end') throw new Error(step.kind);
  expect(step.ending.error?.code).toBe('ORDER_HAS_ANOTHER');
  await ledger.transaction((em) => settle(em, again, step.ending));
  expect(inShort(await gateway.attemptsOf(create.intentId)).slice(0, 2)).toEqual([
    'create 1 SUCCEEDED',
    'confirm 1 NOT_EXECUTED',
  ]);
  expect(
    await ledger.rows('SELECT status, last_error FROM payment_intents ORDER BY created_at'),
  ).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'FAILED', last_error: { code: 'ORDER_HAS_ANOTHER' } }]);
});

test('it is sent once it is proved that the one before it took no money', async () => {
  const { confirm } = await second();
  await hold(confirm);
  const error = { type: 'CARD_DECLINED', code: 'no_money', message: null };
  await gateway.end(sent, {}, { state: 'DECLINED', error, isPointless: false, failOver: null });
  const due = (await gateway.lease('stripe')).find(({ attempt }) => attempt.operation === 'confirm');
  if (due === undefined) throw new Error('it was not woken');
  expect((await decide(due)).kind).toBe('send');
});

test('it waits for the cancellation of one whose customer may still authenticate', async () => {
  const ids = { objectId: 'pi_1', parentId: 'pi_1', relatedIds: [] };
  const said = { ...ids, provider: 'stripe', occurredAt: 1_764_000_001_000 } as const;
  await gateway.end(sent, { facts: [{ ...said, kind: 'requires_action', nextAction: null }] });
  const cancel = await gateway.send(await gateway.leaseOne('stripe'));
  expect(cancel.attempt).toMatchObject({ operation: 'cancel', intentId: first.intentId });
  const { create, confirm } = await second();
  await hold(confirm);
  await gateway.end(cancel, { facts: [{ ...said, kind: 'canceled' }] });
  const due = (await gateway.lease('stripe')).find(({ attempt }) => attempt.intentId === create.intentId);
  if (due === undefined) throw new Error('it was not woken');
  expect((await decide(due)).kind).toBe('send');
});

test('it waits for a cancellation that its gateway refuses since it takes the money, whatever is known here', async () => {
  const error = { type: 'REVIEW', code: 'NOT_EXECUTED', message: 'a person took it for not executed' };
  await gateway.end(sent, {}, { state: 'NOT_EXECUTED', error, isPointless: false, failOver: null });
  const cancel = await gateway.send(await gateway.leaseOne('stripe'));
  expect(cancel.attempt).toMatchObject({ operation: 'cancel', intentId: first.intentId });
  const lastError = { type: 'INVALID_REQUEST', code: STILL_PROCESSING, message: null };
  const attempt = { ...cancel.attempt, lastError, state: 'PENDING', heldSince: Date.now() } as const;
  await gateway.postpone(cancel.lease, { kind: 'postpone', attempt, dueAt: Date.now() + 3_600_000 });
  const { confirm } = await second();
  expect((await decide(confirm)).kind).toBe('postpone');
});

test('it waits while the capture of one that was canceled is pending at PayPal', async () => {
  const canceled = checkout({ provider: 'paypal', paymentMethodToken: null });
  const order = { gatewayObjectId: 'ORDER', objectIds: ['CAPTURE'] };
  await gateway.command(canceled);
  await gateway.end(await gateway.send(await gateway.leaseOne('paypal')), {
    ...order,
    facts: [awaitsConfirmation('ORDER', 'paypal')],
  });
  const capture = await gateway.send(await gateway.leaseOne('paypal'));
  await gateway.command(commandOn(canceled, 'cancel'));
  const payment = { objectId: 'CAPTURE', amount: { amountMinor: 1999n, currency: 'USD' } };
  const ids = { objectId: 'CAPTURE', parentId: 'ORDER', relatedIds: [] };
  const said = { provider: 'paypal', ...ids, payment } as const;
  const at = 1_764_000_001_000;
  await gateway.end(capture, { ...order, facts: [{ ...said, kind: 'processing', occurredAt: at }] });
  const { orderId } = canceled;
  const { create, confirm } = await second({ orderId, intentId: intentIdOf(orderId, 'stripe', 2) });
  await hold(confirm);
  const failure = { code: 'DENIED', message: null };
  const denied = { ...said, kind: 'failed', retryable: false, failure, occurredAt: at + 1_000 } as const;
  await ledger.deliver([webhookOf('paypal:denied', [denied], 'paypal')]);
  await ledger.rows(`UPDATE gateway_attempts SET due_at = now() WHERE intent_id = $1`, [create.intentId]);
  const due = (await gateway.lease('stripe')).find(({ attempt }) => attempt.intentId === create.intentId);
  if (due === undefined) throw new Error('it is not due');
  expect((await decide(due)).kind).toBe('send');
});

test('an intent created with allowAnother does not wait', async () => {
  const { confirm } = await second({ allowAnother: true });
  expect((await decide(confirm)).kind).toBe('send');
});

test('whether the first one is answered before or after, the order is charged once', async () => {
  const { confirm } = await second();
  const [isSent] = await Promise.all([
    ledger.transaction(async (em) => {
      const step = decideSend(await loadSubject(em, confirm.lease), ATTEMPT_POLICY);
      if (step.kind === 'send') await markSent(em, confirm.lease, step);
      return step.kind === 'send';
    }),
    gateway.end(sent, takesMoney),
  ]);
  expect(isSent).toBe(false);
});
