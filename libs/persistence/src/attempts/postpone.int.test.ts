import { expect, test } from '@jest/globals';
import {
  ATTEMPT_POLICY,
  type CreateCommand,
  decideAfterCall,
  decideNothingFound,
  decideSend,
  type Fact,
} from '@payments/domain';
import { CIRCUMSTANCES_OF_ATTEMPTS, commandOn } from '@payments/domain/testing';
import { type TestGateway, testGateway } from '../testing/attempts.js';
import { type TestLedger, webhookOf } from '../testing/deliveries.js';
import { openedCheckout } from '../testing/settling.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

/** At PayPal, with its confirmation put off by an hour. */
async function checkoutThatWaitsForItsPayer(): Promise<CreateCommand> {
  const create = await openedCheckout(gateway, { provider: 'paypal' });
  const leased = await gateway.leaseOne('paypal');
  await ledger.rows(`UPDATE payment_intents SET status = 'REQUIRES_ACTION'`);
  const step = decideSend(await gateway.load(leased.lease), ATTEMPT_POLICY);
  if (step.kind !== 'postpone') throw new Error(step.kind);
  await gateway.postpone(leased.lease, { ...step, dueAt: Date.now() + 3_600_000 });
  return create;
}

test('an attempt that waits for the payer is due as soon as a webhook reports the approval', async () => {
  const create = await checkoutThatWaitsForItsPayer();
  expect(await gateway.lease('paypal')).toEqual([]);
  const approved: Fact = {
    kind: 'approved',
    provider: 'paypal',
    objectId: 'pi_1',
    parentId: 'pi_1',
    relatedIds: [],
    occurredAt: 1_764_000_002_000,
  };
  await ledger.deliver([webhookOf('paypal:evt_1', [approved], 'paypal')]);
  const sent = await gateway.send(await gateway.leaseOne('paypal'));
  expect(sent.attempt).toMatchObject({ operation: 'confirm', intentId: create.intentId, heldSince: null });
});

test('an attempt that waits for the payer is due as soon as the payment is canceled', async () => {
  const create = await checkoutThatWaitsForItsPayer();
  await gateway.command(commandOn(create, 'cancel'));
  expect((await gateway.leaseOne('paypal')).attempt.operation).toBe('confirm');
});

test('an unknown outcome keeps its counters from try to try, and a new key resets them', async () => {
  await openedCheckout(gateway);
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  const failure = { code: 'timeout', message: 'no answer' };
  const outcome = { kind: 'failed', type: 'UNKNOWN_OUTCOME', failure, retryAfterMs: null } as const;
  const unknown = decideAfterCall(sent.subject, outcome, CIRCUMSTANCES_OF_ATTEMPTS);
  if (unknown.kind !== 'postpone') throw new Error(unknown.kind);
  await gateway.postpone(sent.lease, { ...unknown, dueAt: 0 });
  const second = await gateway.leaseOne('stripe');
  expect(second.attempt).toMatchObject({
    state: 'UNKNOWN',
    sends: 1,
    firstSentAt: sent.attempt.firstSentAt,
    lastError: { code: 'timeout' },
  });
  const resend = decideNothingFound(await gateway.load(second.lease), CIRCUMSTANCES_OF_ATTEMPTS);
  expect(resend).toMatchObject({
    kind: 'send',
    isResend: true,
    call: { idempotencyKey: sent.attempt.attemptId },
  });
  // Long after that, the gateway has no such call, twice.
  const longAgo = `now() - interval '1 hour'`;
  await ledger.rows(`UPDATE gateway_attempts SET resends = 1, first_sent_at = ${longAgo}, last_sent_at = ${longAgo},
    not_found_since = now() - interval '1 minute' WHERE state = 'UNKNOWN'`);
  const proved = decideNothingFound(await gateway.load(second.lease), CIRCUMSTANCES_OF_ATTEMPTS);
  if (proved.kind !== 'postpone') throw new Error(proved.kind);
  await gateway.postpone(second.lease, { ...proved, dueAt: 0 });
  expect((await gateway.leaseOne('stripe')).attempt).toMatchObject({
    state: 'PENDING',
    keyRound: 2,
    resends: 0,
    retries: 1,
    sends: 1,
    firstSentAt: null,
    lastSentAt: null,
    unknownSince: null,
    notFoundSince: null,
    targetId: null,
  });
});

test('what came of looking for it is kept beside the error of the call', async () => {
  await openedCheckout(gateway);
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  const timeout = { type: 'UNKNOWN_OUTCOME', code: 'timeout', message: 'no answer' };
  const refused = { type: 'RATE_LIMIT_ERROR', code: 'rate_limit', message: null };
  const attempt = { ...sent.attempt, lastError: timeout, inquiryError: refused, state: 'UNKNOWN' } as const;
  await gateway.postpone(sent.lease, { kind: 'postpone', attempt, dueAt: 0 });
  const again = await gateway.leaseOne('stripe');
  expect(again.attempt).toMatchObject({ lastError: timeout, inquiryError: refused });
});
