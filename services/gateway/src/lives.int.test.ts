import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
beforeEach(async () => {
  harness = await GatewayHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

test('Stripe: created and confirmed at once, then refunded in part and whole', async () => {
  harness.startWorker('stripe');
  const create = aCreation('stripe');
  await harness.command(create);
  const paid = await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(paid).toMatchObject({ amountCaptured: 1999n, gatewayIntentId: expect.stringMatching(/^pi_/) });
  await harness.command(commandOn(create, 'refund', { amount: 500n }));
  await harness.untilFinished(create.intentId);
  await harness.command(commandOn(create, 'refund'));
  expect(await harness.untilFinished(create.intentId)).toEqual([
    '1 create SUCCEEDED',
    '1 confirm SUCCEEDED',
    '1 refund SUCCEEDED',
    '1 refund SUCCEEDED',
  ]);
  expect((await harness.intent(create.intentId)).amountRefunded).toBe(1999n);
  expect(await harness.ledger(create.intentId)).toMatchObject({
    chargeCount: 1,
    refundCount: 2,
    charged: 1999,
    refunded: 1999,
  });
  const ended = () => harness.metric('gateway_attempts_total', { provider: 'stripe', state: 'SUCCEEDED' });
  await until(async () => (await ended()) === 4, { what: 'every end to be counted' });
  expect(await harness.metric('payment_confirmation_duration_seconds', { le: '+Inf' })).toBe(1);
  expect(await harness.metric('gateway_request_duration_seconds', { operation: 'refund', le: '+Inf' })).toBe(
    2,
  );
});

test('Stripe: confirmed later, held, and captured in part', async () => {
  harness.startWorker('stripe');
  const create = aCreation('stripe', { captureMethod: 'manual', confirm: false, paymentMethodToken: null });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_PAYMENT_METHOD');
  await harness.command(commandOn(create, 'confirm', { paymentMethodToken: 'pm_card_mastercard' }));
  await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
  await harness.command(commandOn(create, 'capture', { amount: 1500n }));
  const paid = await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(paid.amountCaptured).toBe(1500n);
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1, charged: 1500 });
});

test('Stripe: what is held is let go', async () => {
  harness.startWorker('stripe');
  const create = aCreation('stripe', { captureMethod: 'manual' });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
  await harness.command(commandOn(create, 'cancel'));
  expect(await harness.untilFinished(create.intentId)).toContain('1 cancel SUCCEEDED');
  expect((await harness.intent(create.intentId)).status).toBe('CANCELED');
  expect(await harness.ledger(create.intentId)).toMatchObject({
    chargeCount: 0,
    objects: [{ status: 'canceled' }],
  });
});

test('Stripe: a decline is told, and another card pays', async () => {
  harness.startWorker('stripe');
  const create = aCreation('stripe', { paymentMethodToken: 'pm_card_chargeDeclined' });
  await harness.command(create);
  const declined = await harness.untilStatus(create.intentId, 'REQUIRES_PAYMENT_METHOD');
  expect(await harness.untilFinished(create.intentId)).toEqual([
    '1 create SUCCEEDED',
    expect.stringMatching(/^1 confirm DECLINED/),
  ]);
  expect(declined.lastError?.code).toMatch(/decline/);
  await harness.command(commandOn(create, 'confirm', { paymentMethodToken: 'pm_card_visa' }));
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1 });
});

test('PayPal: confirmed at once, which waits for the payer, then refunded', async () => {
  harness.startWorker('paypal');
  const create = aCreation('paypal');
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  await harness.command(commandOn(create, 'refund', { amount: 999n }));
  expect(await harness.untilFinished(create.intentId)).toEqual([
    '1 create SUCCEEDED',
    '1 confirm SUCCEEDED',
    '1 refund SUCCEEDED',
  ]);
  expect(await harness.ledger(create.intentId)).toMatchObject({
    chargeCount: 1,
    refundCount: 1,
    charged: 1999,
    refunded: 999,
  });
});

test('PayPal: authorized once approved, and captured', async () => {
  harness.startWorker('paypal');
  const create = aCreation('paypal', { captureMethod: 'manual' });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
  await harness.command(commandOn(create, 'capture'));
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(await harness.untilFinished(create.intentId)).toEqual([
    '1 create SUCCEEDED',
    '1 authorize SUCCEEDED',
    '1 capture SUCCEEDED',
  ]);
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1, charged: 1999 });
});

test('PayPal: an authorization is voided', async () => {
  harness.startWorker('paypal');
  const create = aCreation('paypal', { captureMethod: 'manual' });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
  await harness.command(commandOn(create, 'cancel'));
  expect(await harness.untilFinished(create.intentId)).toContain('1 cancel SUCCEEDED');
  expect(await harness.ledger(create.intentId)).toMatchObject({
    chargeCount: 0,
    objects: [{ holds: [{ status: 'VOIDED' }] }],
  });
});

test('Razorpay: the customer pays at its checkout, the money is captured at once, then refunded', async () => {
  harness.startWorker('razorpay');
  const create = aCreation('razorpay', { confirm: false });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  await harness.command(commandOn(create, 'refund', { amount: 999n }));
  expect(await harness.untilFinished(create.intentId)).toEqual(['1 create SUCCEEDED', '1 refund SUCCEEDED']);
  expect(await harness.ledger(create.intentId)).toMatchObject({
    chargeCount: 1,
    refundCount: 1,
    charged: 1999,
    refunded: 999,
  });
});

test('Razorpay: a payment is held and captured whole', async () => {
  harness.startWorker('razorpay');
  const create = aCreation('razorpay', { confirm: false, captureMethod: 'manual' });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
  await harness.command(commandOn(create, 'capture'));
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(await harness.untilFinished(create.intentId)).toEqual(['1 create SUCCEEDED', '1 capture SUCCEEDED']);
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1, charged: 1999 });
});

test("Razorpay: what its checkout handed to the shop is checked and confirms, before the gateway's webhook", async () => {
  harness.startWorker('razorpay');
  harness.desk.hold();
  const create = aCreation('razorpay', { confirm: false });
  await harness.command(create);
  const { gatewayIntentId } = await harness.untilStatus(create.intentId, 'REQUIRES_PAYMENT_METHOD');
  const { paymentId, signature } = await harness.checkout(String(gatewayIntentId));
  await harness.command(
    commandOn(create, 'confirm', {
      paymentMethodToken: null,
      gatewayPaymentId: paymentId,
      gatewaySignature: signature,
    }),
  );
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  harness.desk.letGo();
  expect(await harness.untilFinished(create.intentId)).toEqual(['1 create SUCCEEDED', '1 confirm SUCCEEDED']);
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1 });
});
