import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CreateCommand } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';

const POLICY = { approvalCheckFirstMs: 50, approvalCheckCapMs: 200 };

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.create({ customerMode: 'manual' });
}, 60_000);
beforeEach(() => {
  // Without webhooks: PayPal has to be polled.
  harness.simulator.webhooks.setTarget('paypal', undefined);
  harness.startWorker('paypal', { policy: POLICY });
});
afterEach(() => harness.reset(), 60_000);
afterAll(() => harness.close(), 60_000);

/** @returns the id of the order, which waits for the payer at PayPal */
async function opened(create: CreateCommand): Promise<string> {
  await harness.command(create);
  const { gatewayIntentId } = await harness.untilStatus(create.intentId, 'REQUIRES_ACTION');
  return String(gatewayIntentId);
}

function approve(orderId: string): void {
  expect(harness.simulator.customer.act('paypal', orderId, { decline: undefined })).toBe(true);
}

/** Waits until the gateway was asked for the order this many more times. */
function untilReadAgain(times: number): Promise<unknown> {
  const before = harness.requests('orders.get');
  return until(() => harness.requests('orders.get') >= before + times, { what: 'the order to be read' });
}

const approvals = () => harness.metric('payment_effects_total', { type: 'approved' });

test.each([
  ['confirm', {}, 'SUCCEEDED', 1],
  ['authorize', { captureMethod: 'manual' }, 'REQUIRES_CAPTURE', 0],
] as const)(
  '%s: an approval whose webhook is lost is seen, and the payment goes on, once',
  async (operation, said, status, chargeCount) => {
    const approvedBefore = await approvals();
    const create = aCreation('paypal', said);
    const orderId = await opened(create);
    approve(orderId);
    await harness.untilStatus(create.intentId, status);
    expect(await harness.untilFinished(create.intentId)).toEqual([
      '1 create SUCCEEDED',
      `1 ${operation} SUCCEEDED`,
    ]);
    expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount });
    expect(await approvals()).toBe(approvedBefore + 1);
  },
);

test('a shop that confirms after the approval is not kept waiting for the webhook', async () => {
  const create = aCreation('paypal', { confirm: false });
  approve(await opened(create));
  await harness.command(commandOn(create, 'confirm', { paymentMethodToken: null }));
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1, charged: 1999 });
});

test('as long as the payer has not approved it waits, and nobody is told anything', async () => {
  const create = aCreation('paypal');
  const orderId = await opened(create);
  const { version } = await harness.intent(create.intentId);
  await untilReadAgain(3);
  expect(await harness.states(create.intentId)).toEqual(['1 create SUCCEEDED', '1 confirm PENDING']);
  expect(await harness.intent(create.intentId)).toMatchObject({ status: 'REQUIRES_ACTION', version });
  approve(orderId);
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
});

test('a payer who never approves is not waited for for ever: the payment fails, and its order is free', async () => {
  await harness.reset();
  harness.startWorker('paypal', { policy: { ...POLICY, approvalMaxMs: 1_000, heldForPayerCapMs: 100 } });
  const create = aCreation('paypal');
  await opened(create);
  const failed = await harness.untilStatus(create.intentId, 'FAILED');
  expect(failed.lastError).toMatchObject({ code: 'NOT_APPROVED' });
  expect((await harness.untilFinished(create.intentId)).slice(0, 2)).toEqual([
    '1 create SUCCEEDED',
    '1 confirm NOT_EXECUTED NOT_APPROVED',
  ]);
  await harness.command(aCreation('paypal', { orderId: create.orderId, attempt: 2, confirm: false }));
});

test('reads that fail leave it waiting', async () => {
  harness.fault({ provider: 'paypal', operation: 'orders.get', kind: 'server_error_before' });
  const create = aCreation('paypal');
  const orderId = await opened(create);
  approve(orderId);
  await untilReadAgain(2);
  expect(await harness.states(create.intentId)).toEqual(['1 create SUCCEEDED', '1 confirm PENDING']);
  harness.simulator.faults.reset(1);
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1 });
});

describe('money that somebody else took meanwhile', () => {
  test('is booked, and not taken again', async () => {
    const { create } = await capturedElsewhere();
    harness.simulator.faults.reset(1);
    await harness.untilStatus(create.intentId, 'SUCCEEDED');
    expect(await harness.untilFinished(create.intentId)).toEqual([
      '1 create SUCCEEDED',
      '1 confirm NOT_EXECUTED ALREADY_CAPTURED',
    ]);
    expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1, charged: 1999 });
  });

  test('and cannot be booked is shown to a person, while the attempt waits, until it can be', async () => {
    const { create, captureId } = await capturedElsewhere();
    const other = aCreation('paypal', { confirm: false });
    await opened(other);
    await harness.rows(
      `INSERT INTO gateway_object_refs (gateway_provider, object_id, payment_intent_id, leg)
       SELECT 'paypal', $1, id, 1 FROM payment_intents WHERE intent_id = $2`,
      [captureId, other.intentId],
    );
    harness.simulator.faults.reset(1);
    const refused = () => harness.metric('gateway_alerts_total', { reason: 'FACTS_REFUSED' });
    await until(async () => (await refused()) >= 2, { what: 'it to be read again, in vain' });
    expect(await harness.states(create.intentId)).toEqual(['1 create SUCCEEDED', '1 confirm PENDING']);

    await harness.rows('DELETE FROM gateway_object_refs WHERE object_id = $1', [captureId]);
    await harness.untilStatus(create.intentId, 'SUCCEEDED');
    expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1 });
  });

  /** Until the faults are reset the worker cannot read the order. */
  async function capturedElsewhere() {
    harness.fault({ provider: 'paypal', operation: 'orders.get', kind: 'server_error_before' });
    const create = aCreation('paypal');
    const orderId = await opened(create);
    approve(orderId);
    return { create, captureId: await captureAsAnother(orderId) };
  }
});

/** As another program of the shop would. @returns the id of the capture */
async function captureAsAnother(orderId: string): Promise<string> {
  const { paypal } = harness.urls;
  const granted = await fetch(`${paypal}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('another:secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = (await granted.json()) as { access_token: string };
  const answer = await fetch(`${paypal}/v2/checkout/orders/${orderId}/capture`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${access_token}`,
      'content-type': 'application/json',
      prefer: 'return=representation',
    },
    body: '{}',
  });
  const { purchase_units } = (await answer.json()) as {
    purchase_units: { payments: { captures: { id: string }[] } }[];
  };
  return String(purchase_units[0]?.payments.captures[0]?.id);
}
