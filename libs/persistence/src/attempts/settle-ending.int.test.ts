import { expect, test } from '@jest/globals';
import { ATTEMPT_POLICY, decideSend } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { settle } from '../index.js';
import { checkout, inShort, type TestGateway, takeUpCommands, testGateway } from '../testing/attempts.js';
import type { TestLedger } from '../testing/deliveries.js';
import { eventsInOutbox, failedWith, intentRow, openedCheckout } from '../testing/settling.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

test('a failed creation ends the intent and the attempts that were to follow', async () => {
  const create = checkout();
  await gateway.command(create, commandOn(create, 'cancel'));
  await ledger.rows(`DELETE FROM gateway_attempts WHERE operation = 'cancel'`);
  await ledger.rows(`UPDATE payment_intents SET status = 'CREATED' WHERE intent_id = $1`, [create.intentId]);
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  await ledger.transaction((em) => settle(em, sent, failedWith('FAILED', 'amount_too_small')));
  expect(await intentRow(ledger, create.intentId)).toMatchObject({
    status: 'FAILED',
    last_error: { code: 'amount_too_small' },
  });
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    'create 1 FAILED',
    'confirm 1 NOT_EXECUTED',
  ]);
  expect(await ledger.rows('SELECT operation FROM gateway_requests WHERE answered_at IS NULL')).toEqual([
    { operation: 'cancel' },
  ]);
  expect(await ledger.rows('SELECT live FROM payment_intent_keys')).toEqual([{ live: false }]);
  expect((await eventsInOutbox(ledger, create.intentId)).at(-1)).toMatchObject({ type: 'failed' });
});

test('if the confirmation of a creation is never executed, the intent ends and its object is canceled', async () => {
  const create = await openedCheckout(gateway, { notAfter: Date.now() + 3_600_000 });
  const leased = await gateway.leaseOne('stripe');
  await ledger.rows(
    `UPDATE gateway_attempts SET not_after = now() - interval '1 s' WHERE operation = 'confirm'`,
  );
  const step = decideSend(await gateway.load(leased.lease), ATTEMPT_POLICY);
  if (step.kind !== 'end') throw new Error(step.kind);
  await ledger.transaction((em) => settle(em, leased, step.ending));
  expect(await intentRow(ledger, create.intentId)).toMatchObject({
    status: 'FAILED',
    last_error: { code: 'COMMAND_EXPIRED' },
    open: 1,
  });
  await takeUpCommands(ledger);
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    'create 1 SUCCEEDED',
    'confirm 1 NOT_EXECUTED',
    'cancel 1 PENDING',
  ]);
  const cancel = await gateway.send(await gateway.leaseOne('stripe'));
  expect(cancel.subject.payment.intent.status).toBe('FAILED');
});

test('a pointless attempt ends without an event', async () => {
  const create = await openedCheckout(gateway);
  await gateway.command(commandOn(create, 'cancel'));
  const confirm = await gateway.leaseOne('stripe');
  const step = decideSend(await gateway.load(confirm.lease), ATTEMPT_POLICY);
  if (step.kind !== 'end') throw new Error(step.kind);
  await ledger.transaction((em) => settle(em, confirm, step.ending));
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    'create 1 SUCCEEDED',
    'confirm 1 NOT_EXECUTED',
    'cancel 1 PENDING',
  ]);
  expect((await eventsInOutbox(ledger, create.intentId)).map(({ type }) => type)).toEqual([
    'created',
    'requires_confirmation',
    'canceled',
  ]);
  expect((await gateway.leaseOne('stripe')).attempt.operation).toBe('cancel');
});
