import { expect, test } from '@jest/globals';
import type { Fact } from '@payments/domain';
import { commandOn, createCommand } from '@payments/domain/testing';
import { AnswerNotBookedError, settle } from '../index.js';
import { awaitsConfirmation, checkout, inShort, type TestGateway, testGateway } from '../testing/attempts.js';
import { captured, refunded, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { eventsInOutbox, failedWith, intentRow, openedCheckout } from '../testing/settling.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

test("an answer's facts, the request and the attempt are written in one transaction", async () => {
  const create = await openedCheckout(gateway);
  const confirm = await gateway.send(await gateway.leaseOne('stripe'));
  expect(await intentRow(ledger, create.intentId)).toMatchObject({
    status: 'REQUIRES_CONFIRMATION',
    version: 2,
    open: 1,
  });
  const settled = await gateway.end(confirm, { facts: [captured('pi_1', { parentId: 'pi_1' })] });
  expect(settled.outboxShards.size).toBe(1);
  expect(await intentRow(ledger, create.intentId)).toMatchObject({
    status: 'SUCCEEDED',
    version: 3,
    open: 0,
  });
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    'create 1 SUCCEEDED',
    'confirm 1 SUCCEEDED',
  ]);
  expect(await eventsInOutbox(ledger, create.intentId)).toEqual([
    { version: 1, type: 'created' },
    { version: 2, type: 'requires_confirmation' },
    { version: 3, type: 'captured' },
  ]);
});

test('a webhook that came before the answer, and knows only our own id, belongs to the payment', async () => {
  const create = checkout({ confirm: false });
  await gateway.command(create);
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  const fact = captured('pi_9', { parentId: 'pi_9' });
  await Promise.all([
    ledger.deliver([{ ...webhookOf('stripe:evt_1', [fact]), intentId: create.intentId }]),
    gateway.end(sent, { gatewayObjectId: 'pi_9', objectIds: ['pi_9'], facts: [awaitsConfirmation('pi_9')] }),
  ]);
  await ledger.settle();
  expect(await intentRow(ledger, create.intentId)).toMatchObject({ status: 'SUCCEEDED', open: 0 });
});

test('a refund attempt stores its own refund object, whatever else the answer contains', async () => {
  const create = createCommand();
  await gateway.command(create);
  await gateway.end(await gateway.send(await gateway.leaseOne('stripe')), { facts: [captured('pi_1')] });
  await gateway.command(commandOn(create, 'refund', { amount: 100n }));
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  const amount = { amountMinor: 100n, currency: 'USD' };
  const { attemptId } = sent.attempt;
  await gateway.end(sent, {
    facts: [refunded('re_other', { amount }), refunded('re_1', { amount, attemptId })],
  });
  expect(await ledger.rows('SELECT operation, refund_id FROM gateway_attempts ORDER BY sequence')).toEqual([
    { operation: 'create', refund_id: null },
    { operation: 'refund', refund_id: 're_1' },
  ]);
});

test('a decline that is also in the facts makes one event', async () => {
  const create = await openedCheckout(gateway);
  const failure = { code: 'card_declined', message: 'not enough money' };
  const declined: Fact = {
    kind: 'failed',
    provider: 'stripe',
    objectId: 'pi_1',
    parentId: 'pi_1',
    relatedIds: [],
    failure,
    retryable: true,
    occurredAt: 1_764_000_001_000,
  };
  const confirm = await gateway.send(await gateway.leaseOne('stripe'));
  await gateway.end(confirm, { facts: [declined] }, failedWith('DECLINED', 'card_declined'));
  expect(await intentRow(ledger, create.intentId)).toMatchObject({
    status: 'REQUIRES_PAYMENT_METHOD',
    version: 3,
    open: 0,
    last_error: failure,
  });
  expect((await eventsInOutbox(ledger, create.intentId)).at(-1)).toEqual({
    version: 3,
    type: 'failed_retryable',
  });
});

test('a call that fails without facts makes an event: the status stays, the error says why', async () => {
  const create = await openedCheckout(gateway);
  const confirm = await gateway.send(await gateway.leaseOne('stripe'));
  await ledger.transaction((em) => settle(em, confirm, failedWith('FAILED', 'parameter_missing')));
  expect(await intentRow(ledger, create.intentId)).toMatchObject({
    status: 'REQUIRES_CONFIRMATION',
    version: 3,
    open: 0,
    last_error: { code: 'parameter_missing', message: 'as the gateway says' },
  });
  expect((await eventsInOutbox(ledger, create.intentId)).at(-1)).toEqual({ version: 3, type: 'call_failed' });
  const [attempt] = (await gateway.attemptsOf(create.intentId)).slice(-1);
  expect(attempt).toMatchObject({
    state: 'FAILED',
    lastError: { type: 'INVALID_REQUEST', code: 'parameter_missing' },
  });
});

test('an answer that cannot be booked leaves everything as it was', async () => {
  const [first, second] = [await openedCheckout(gateway), checkout({ confirm: false })];
  await ledger.rows(
    `UPDATE gateway_attempts SET due_at = now() + interval '1 hour' WHERE operation = 'confirm'`,
  );
  await gateway.command(second);
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  const end = gateway.end(sent, { gatewayObjectId: 'pi_1', facts: [awaitsConfirmation('pi_1')] });
  await expect(end).rejects.toThrow(AnswerNotBookedError);
  await expect(end).rejects.toThrow('belong to 2 payments');
  expect(inShort(await gateway.attemptsOf(second.intentId))).toEqual(['create 1 SENT']);
  expect(await intentRow(ledger, second.intentId)).toMatchObject({ status: 'CREATED', version: 1, open: 1 });
  expect(await intentRow(ledger, first.intentId)).toMatchObject({
    status: 'REQUIRES_CONFIRMATION',
    version: 2,
  });
});
