import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestSimulator, type TestSimulator } from '../testing/test-simulator.js';

let sim: TestSimulator;
beforeAll(async () => {
  sim = await startTestSimulator();
});
beforeEach(() => sim.simulator.reset());
afterAll(() => sim.close());

const KEY = { idempotencyKey: 'key-1' };
const create = (amount = 1999) => sim.stripe.paymentIntents.create({ amount, currency: 'usd' }, KEY);
const payments = async () => (await sim.stripe.paymentIntents.list()).data;

describe("Stripe's idempotency keys", () => {
  test('give the first answer again', async () => {
    const first = await create();
    const again = await create();
    expect(again).toEqual(first);
    expect(await sim.requests('payment_intents.create')).toMatchObject({ executed: 1, replayed: 1 });
    expect(await payments()).toHaveLength(1);
  });

  test('are refused with other parameters', async () => {
    await create();
    await expect(create(5)).rejects.toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  });

  test('are refused while the first request has no answer', async () => {
    await sim.control('POST', '/faults', {
      provider: 'stripe',
      operation: 'payment_intents.create',
      kind: 'slow',
      delayMs: 60_000,
      nth: 1,
    });
    const first = create();
    await sim.until(async () => (await sim.requests('payment_intents.create')).requests === 1);
    await expect(create()).rejects.toMatchObject({ statusCode: 409 });
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    expect(await create()).toEqual(await first);
  });

  test.each(['server_error_before', 'server_error_after'])('give a stored 500 again: %s', async (kind) => {
    await sim.control('POST', '/faults', {
      provider: 'stripe',
      operation: 'payment_intents.create',
      kind,
      nth: 1,
    });
    await expect(create()).rejects.toMatchObject({ statusCode: 500 });
    await expect(create()).rejects.toMatchObject({ statusCode: 500 });
    expect(await payments()).toHaveLength(kind === 'server_error_after' ? 1 : 0);
  });

  test('give a decline again', async () => {
    const { id } = await sim.stripe.paymentIntents.create({ amount: 5, currency: 'usd' });
    const confirm = () =>
      sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined' }, KEY);
    await expect(confirm()).rejects.toMatchObject({ code: 'card_declined' });
    await expect(confirm()).rejects.toMatchObject({ code: 'card_declined' });
    const { data } = await sim.stripe.events.list({ type: 'charge.failed' });
    expect(data).toHaveLength(1);
  });

  test('keep nothing of what was refused before it was tried', async () => {
    await expect(create(0)).rejects.toMatchObject({ statusCode: 400 });
    expect((await create()).amount).toBe(1999);
  });

  test('are forgotten after their lifetime', async () => {
    const first = await create();
    await sim.control('POST', '/clock', { advanceMs: 24 * 3_600_000 });
    expect((await create()).id).not.toBe(first.id);
    await sim.control('PATCH', '/settings', { stripeKeyLifetimeMs: 5000 });
    expect(await payments()).toHaveLength(2);
  });

  test('have at most 255 characters', async () => {
    const long = { idempotencyKey: 'k'.repeat(256) };
    await expect(
      sim.stripe.paymentIntents.create({ amount: 5, currency: 'usd' }, long),
    ).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});
