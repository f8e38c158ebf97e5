import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestSimulator, stripeClient, type TestSimulator } from '../testing/test-simulator.js';

let sim: TestSimulator;
beforeAll(async () => {
  sim = await startTestSimulator({ stripeSearchLagMs: 0 });
});
beforeEach(() => sim.simulator.reset());
afterAll(() => sim.close());

const create = (more: object = {}) =>
  sim.stripe.paymentIntents.create({
    amount: 1999,
    currency: 'usd',
    metadata: { intentId: 'intent-1' },
    ...more,
  });

const held = async () => {
  const { id } = await create({ capture_method: 'manual' });
  return sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
};

const paid = async () => {
  const { id } = await create();
  return sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
};

describe("a payment's life through Stripe's SDK", () => {
  test('created, confirmed, and refunded in two parts', async () => {
    const created = await create();
    expect(created).toMatchObject({
      object: 'payment_intent',
      status: 'requires_payment_method',
      amount: 1999,
    });
    const confirmed = await sim.stripe.paymentIntents.confirm(created.id, { payment_method: 'pm_card_visa' });
    expect(confirmed).toMatchObject({ status: 'succeeded', amount_received: 1999, currency: 'usd' });

    const first = await sim.stripe.refunds.create({
      payment_intent: created.id,
      amount: 500,
      metadata: { why: 'x' },
    });
    expect(first).toMatchObject({ status: 'succeeded', amount: 500, charge: confirmed.latest_charge });
    await sim.stripe.refunds.create({ charge: String(confirmed.latest_charge) });
    const charge = await sim.stripe.charges.retrieve(String(confirmed.latest_charge));
    expect(charge).toMatchObject({ amount_refunded: 1999, refunded: true, captured: true });
    expect(await sim.stripe.refunds.retrieve(first.id)).toMatchObject({
      id: first.id,
      metadata: { why: 'x' },
    });
    const { data } = await sim.stripe.refunds.list({ payment_intent: created.id });
    expect(data.map(({ amount }) => amount).sort()).toEqual([1499, 500]);
  });

  test('held, captured in part, and the rest let go', async () => {
    const { id, status, amount_capturable } = await held();
    expect({ status, amount_capturable }).toEqual({ status: 'requires_capture', amount_capturable: 1999 });
    const captured = await sim.stripe.paymentIntents.capture(id, { amount_to_capture: 1200 });
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount: 1999,
      amount_received: 1200,
      amount_capturable: 0,
    });
    const { data } = await sim.stripe.refunds.list({ payment_intent: id });
    expect(data).toMatchObject([{ amount: 799, balance_transaction: null }]);
    const refunded = await sim.stripe.refunds.create({ payment_intent: id });
    expect(refunded.amount).toBe(1200);
  });

  test('canceled while it is held', async () => {
    const { id } = await held();
    const canceled = await sim.stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
      amount_received: 0,
    });
  });

  test('authenticated by the customer', async () => {
    const { id } = await create();
    const confirmed = await sim.stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_threeDSecure2Required',
      return_url: 'https://shop.example/return',
    });
    expect(confirmed).toMatchObject({
      status: 'requires_action',
      next_action: { redirect_to_url: { url: `${sim.server.url}/checkout/stripe/${id}` } },
    });
    await sim.control('POST', `/customers/stripe/${id}`, { act: 'agree' });
    expect((await sim.stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
  });

  test('not authenticated by the customer, and paid with another card', async () => {
    const { id } = await create();
    await sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_threeDSecure2Required' });
    await sim.control('POST', `/customers/stripe/${id}`, { act: 'refuse' });
    expect(await sim.stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      latest_charge: null,
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
    const again = await sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(again).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  test('paid with another card instead of authenticating the first', async () => {
    const { id } = await create();
    await sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_threeDSecure2Required' });
    const again = await sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(again).toMatchObject({ status: 'succeeded', next_action: null });
    const { status } = await sim.control('POST', `/customers/stripe/${id}`, { act: 'agree' });
    expect(status).toBe(404);
  });

  test('debited from a bank account, which takes its time', async () => {
    const { id } = await create();
    const confirmed = await sim.stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_usBankAccount_success',
    });
    expect(confirmed.status).toBe('processing');
    await expect(sim.stripe.paymentIntents.cancel(id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { id, status: 'processing' },
    });
    await sim.control('POST', '/clock', { advanceMs: 1000 });
    expect((await sim.stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
  });

  test('refunded to a card that does not take it', async () => {
    const { id } = await create();
    await sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_refundFail' });
    const refund = await sim.stripe.refunds.create({ payment_intent: id, amount: 100 });
    await sim.control('POST', '/clock', { advanceMs: 1000 });
    expect((await sim.stripe.refunds.retrieve(refund.id)).status).toBe('failed');
    expect((await sim.stripe.refunds.create({ payment_intent: id })).amount).toBe(1999);
  });
});

describe('Stripe refuses', () => {
  test.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', ''],
  ])('%s', async (method, code, declineCode) => {
    const { id } = await create();
    await expect(sim.stripe.paymentIntents.confirm(id, { payment_method: method })).rejects.toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      decline_code: declineCode,
      payment_intent: { id, status: 'requires_payment_method' },
    });
    const { data } = await sim.stripe.events.list({ type: 'payment_intent.payment_failed' });
    expect(data).toHaveLength(1);
  });

  test('what it does not know', async () => {
    await expect(sim.stripe.paymentIntents.retrieve('pi_none')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    await expect(sim.stripe.refunds.retrieve('re_none')).rejects.toMatchObject({ statusCode: 404 });
    await expect(sim.stripe.charges.retrieve('ch_none')).rejects.toMatchObject({ statusCode: 404 });
    await expect(sim.stripe.events.retrieve('evt_none')).rejects.toMatchObject({ statusCode: 404 });
    await expect(create({ payment_method: 'pm_none' })).rejects.toMatchObject({ param: 'payment_method' });
    await expect(sim.stripe.customers.retrieve('cus_1')).rejects.toMatchObject({ statusCode: 404 });
  });

  test.each([
    [{ amount: 0 }, 'amount'],
    [{ amount: 1.5 }, 'amount'],
    [{ amount: undefined }, 'amount'],
    [{ currency: 'xxx' }, 'currency'],
    [{ capture_method: 'sometimes' }, 'capture_method'],
    [{ metadata: { key: 'x'.repeat(501) } }, 'metadata'],
    [{ amout: 5 }, 'amout'],
    [{ confirm: true }, 'payment_method'],
  ])('parameters that cannot be meant: %j', async (parameters, param) => {
    await expect(create(parameters)).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      param,
    });
  });

  test('a key that is none', async () => {
    const stranger = stripeClient(sim.server.port, 'nonsense');
    await expect(stranger.paymentIntents.list()).rejects.toMatchObject({
      type: 'StripeAuthenticationError',
      statusCode: 401,
    });
  });

  test('to capture more than is held, or what is not held', async () => {
    const { id } = await held();
    await expect(sim.stripe.paymentIntents.capture(id, { amount_to_capture: 2000 })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
    await sim.stripe.paymentIntents.capture(id);
    await expect(sim.stripe.paymentIntents.capture(id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  test('to refund more than was captured, twice the whole, or what was not captured', async () => {
    const { id } = await paid();
    await expect(sim.stripe.refunds.create({ payment_intent: id, amount: 2000 })).rejects.toMatchObject({
      param: 'amount',
    });
    await sim.stripe.refunds.create({ payment_intent: id, amount: 1000 });
    await expect(sim.stripe.refunds.create({ payment_intent: id, amount: 1000 })).rejects.toMatchObject({
      param: 'amount',
    });
    await sim.stripe.refunds.create({ payment_intent: id });
    await expect(sim.stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    const hold = await held();
    await expect(sim.stripe.refunds.create({ payment_intent: hold.id })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  test('to confirm or cancel what is over', async () => {
    const { id } = await paid();
    await expect(
      sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }),
    ).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { id },
    });
    await expect(sim.stripe.paymentIntents.cancel(id)).rejects.toMatchObject({ statusCode: 400 });
    const open = await create();
    await expect(sim.stripe.paymentIntents.confirm(open.id)).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe("Stripe's lists", () => {
  test('come in pages, newest first', async () => {
    const made: string[] = [];
    for (let amount = 101; amount <= 105; amount++) made.unshift((await create({ amount })).id);
    const listed: string[] = [];
    for await (const { id } of sim.stripe.paymentIntents.list({ limit: 2 })) listed.push(id);
    expect(listed).toEqual(made);
    const before = await sim.stripe.paymentIntents.list({ limit: 2, ending_before: made[3] ?? '' });
    expect(before).toMatchObject({ has_more: true, data: [{ id: made[1] }, { id: made[2] }] });
  });

  test('of events have each with its object as it was then', async () => {
    const { id } = await paid();
    const { data } = await sim.stripe.events.list({ limit: 100 });
    expect(data.map(({ type }) => type)).toEqual([
      'payment_intent.succeeded',
      'charge.succeeded',
      'payment_intent.created',
    ]);
    expect(data[2]?.data.object).toMatchObject({ id, status: 'requires_payment_method' });
    expect(await sim.stripe.events.retrieve(data[0]?.id ?? '')).toMatchObject({
      type: 'payment_intent.succeeded',
    });
  });

  test('are searched by metadata', async () => {
    const { id } = await create({ metadata: { intentId: 'wanted' } });
    await create();
    const found = await sim.stripe.paymentIntents.search({
      query: `metadata['intentId']:'wanted' AND status:"requires_payment_method"`,
    });
    expect(found.data.map((one) => one.id)).toEqual([id]);
    await expect(sim.stripe.paymentIntents.search({ query: 'amount>5' })).rejects.toMatchObject({
      param: 'query',
    });
  });

  test('show what was written only after the lag of the search', async () => {
    await sim.control('PATCH', '/settings', { stripeSearchLagMs: 60_000 });
    await create();
    const query = { query: `metadata['intentId']:'intent-1'` };
    expect((await sim.stripe.paymentIntents.search(query)).data).toEqual([]);
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    expect((await sim.stripe.paymentIntents.search(query)).data).toHaveLength(1);
  });

  test('expand charges', async () => {
    const { id } = await paid();
    const whole = await sim.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(whole.latest_charge).toMatchObject({ object: 'charge', amount_captured: 1999 });
    const list = await sim.stripe.paymentIntents.list({ expand: ['data.latest_charge'] });
    expect(list.data[0]?.latest_charge).toMatchObject({ object: 'charge' });
  });
});
