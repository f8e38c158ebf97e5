import { expect, test } from '@jest/globals';
import {
  ATTEMPT_POLICY,
  decideSend,
  type GatewayProvider,
  hold,
  type IntentRowId,
  type SendStep,
} from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { AnotherIsOpenError, loadSubject, postpone, type Report } from '../index.js';
import { checkout, inShort, type TestGateway, testGateway } from '../testing/attempts.js';
import { captured, openLeg, type TestLedger } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';
import { markSent } from './mark-sent.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

/** An intent paid on two legs, at Stripe and at PayPal, with a refund due on each. */
async function refundOnTwoLegs() {
  const create = checkout({ confirm: false });
  await gateway.command(create);
  await ledger.rows('DELETE FROM gateway_attempts');
  await ledger.rows('UPDATE gateway_requests SET answered_at = now()');
  const [row] = await ledger.rows('SELECT payment_intent_id AS id FROM payment_intent_keys');
  const id = row?.id as IntentRowId;
  await openLeg(ledger, id, { leg: 2, provider: 'paypal' });
  const paid = (leg: number, provider: GatewayProvider, objectId: string): Report => ({
    source: 'command',
    provider,
    objectIds: [],
    intentId: null,
    facts: [captured(objectId, { provider })],
    leg: { paymentIntentId: id, leg, gatewayObjectId: objectId },
  });
  await ledger.write([paid(2, 'paypal', 'order_2'), paid(1, 'stripe', 'pi_1')]);
  await gateway.command(commandOn(create, 'refund'));
  return { create, stripe: await gateway.leaseOne('stripe'), paypal: await gateway.leaseOne('paypal') };
}

test('of two calls that move money, at two gateways, one is sent and the other waits', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { create, stripe, paypal } = await refundOnTwoLegs();
    // Both were decided before either was marked.
    const steps = await Promise.all(
      [stripe, paypal].map(async ({ lease }) => decideSend(await gateway.load(lease), ATTEMPT_POLICY)),
    );
    expect(steps.map(({ kind }) => kind)).toEqual(['send', 'send']);
    const marked = await Promise.allSettled(
      [stripe, paypal].map(({ lease }, index) =>
        ledger.transaction((em) => markSent(em, lease, steps[index] as SendStep)),
      ),
    );
    const refused = marked.filter((one) => one.status === 'rejected');
    expect(refused.map(({ reason }) => reason)).toEqual([expect.any(AnotherIsOpenError)]);
    expect(inShort(await gateway.attemptsOf(create.intentId)).sort()).toEqual(
      [
        `refund 1 ${marked[0]?.status === 'fulfilled' ? 'SENT' : 'PENDING'}`,
        `refund 2 ${marked[1]?.status === 'fulfilled' ? 'SENT' : 'PENDING'}`,
      ].sort(),
    );
    await ledger.clear();
  }
});

test('a decision under the payment’s lock sees the open call, and waits until it ends', async () => {
  const { stripe, paypal } = await refundOnTwoLegs();
  const sent = await gateway.send(stripe);
  const step = await ledger.transaction(async (em) => {
    const subject = await loadSubject(em, paypal.lease);
    const decided = decideSend(subject, ATTEMPT_POLICY);
    expect(decided).toEqual(hold(subject.attempt, subject.now, ATTEMPT_POLICY));
    if (decided.kind === 'postpone') await postpone(em, paypal.lease, decided);
    return decided;
  });
  expect(step).toMatchObject({ kind: 'postpone', attempt: { state: 'PENDING' } });
  await ledger.rows(`UPDATE gateway_attempts SET due_at = now() + interval '1 hour' WHERE state = 'PENDING'`);
  expect(await gateway.lease('paypal')).toEqual([]);
  await gateway.end(sent, { facts: [] });
  expect(await gateway.lease('paypal')).toHaveLength(1);
});

test('a call with an unknown outcome counts as open', async () => {
  const { stripe, paypal } = await refundOnTwoLegs();
  await gateway.send(stripe);
  await ledger.rows(`UPDATE gateway_attempts SET due_at = now() WHERE state = 'SENT'`);
  expect((await gateway.leaseOne('stripe')).attempt.state).toBe('UNKNOWN');
  expect(decideSend(await gateway.load(paypal.lease), ATTEMPT_POLICY).kind).toBe('postpone');
});
