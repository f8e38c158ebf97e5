import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CheckoutPaymentIntent } from '@paypal/paypal-server-sdk';
import Stripe from 'stripe';
import { CALL_FAULTS } from '../faults/fault-rule.js';
import { axiosOf, startTestSimulator, type TestSimulator } from '../testing/test-simulator.js';

let sim: TestSimulator;
beforeAll(async () => {
  sim = await startTestSimulator();
});
beforeEach(() => sim.simulator.reset());
afterAll(() => sim.close());

const fault = (rule: object) => sim.control('POST', '/faults', rule);
const create = () => sim.stripe.paymentIntents.create({ amount: 1999, currency: 'usd' });
const payments = () => sim.simulator.stripe.payments.size;

/** The same operation of each gateway, through its SDK: it makes one payment. */
const CREATIONS = {
  stripe: { operation: 'payment_intents.create', run: create, made: payments },
  paypal: {
    operation: 'orders.create',
    run: () =>
      sim.paypal.orders.createOrder({
        body: {
          intent: CheckoutPaymentIntent.Capture,
          purchaseUnits: [{ amount: { currencyCode: 'USD', value: '19.99' } }],
        },
      }),
    made: () => sim.simulator.paypal.orders.size,
  },
  razorpay: {
    operation: 'orders.create',
    run: () => sim.razorpay.orders.create({ amount: 49_900, currency: 'INR' }),
    made: () => sim.simulator.razorpay.orders.size,
  },
} as const;

describe.each(['stripe', 'paypal', 'razorpay'] as const)('a fault of %s', (provider) => {
  const { operation, run, made } = CREATIONS[provider];

  test.each([
    ['rate_limit', 429, 0],
    ['server_error_before', 500, 0],
    ['server_error_after', 500, 1],
  ])('%s gives %i and makes %i payments', async (kind, statusCode, count) => {
    await fault({ provider, operation, kind, nth: 1 });
    await expect(run()).rejects.toMatchObject({ statusCode });
    expect(made()).toBe(count);
    await run();
    expect(made()).toBe(count + 1);
  });

  test.each([
    ['drop_reply', 1],
    ['reset', 0],
    ['down', 0],
  ])('%s gives no answer and makes %i payments', async (kind, count) => {
    await fault({ provider, operation, kind, nth: 1 });
    await expect(run()).rejects.toBeDefined();
    await sim.until(() => made() === count);
    await run();
    expect(made()).toBe(count + 1);
  });

  test.each([
    ['timeout_before', 0],
    ['timeout_after', 1],
  ])('%s is silent until the connection ends, and makes %i payments', async (kind, count) => {
    await fault({ provider, operation, kind, nth: 1, holdMs: 60_000 });
    const silent = run();
    silent.catch(() => {});
    await sim.until(async () => (await requestsOf(provider, operation)).faulted === 1 && made() === count);
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    await expect(silent).rejects.toBeDefined();
    expect(made()).toBe(count);
  });

  test('slow is done after its delay', async () => {
    await fault({ provider, operation, kind: 'slow', nth: 1, delayMs: 60_000 });
    const slow = run();
    await sim.until(async () => (await requestsOf(provider, operation)).faulted === 1);
    expect(made()).toBe(0);
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    await slow;
    expect(made()).toBe(1);
  });

  test('unavailable is a page in HTML', async () => {
    await fault({ provider, operation, kind: 'unavailable' });
    await expect(run()).rejects.toBeDefined();
    expect(made()).toBe(0);
  });
});

async function requestsOf(provider: string, operation: string) {
  const { body } = await sim.control('GET', '/requests');
  const counts = body.operations as unknown as {
    provider: string;
    operation: string;
    faulted: number;
    requests: number;
  }[];
  return (
    counts.find((one) => one.provider === provider && one.operation === operation) ?? {
      faulted: 0,
      requests: 0,
    }
  );
}

describe('a rule', () => {
  test('says when to come again after 429', async () => {
    await fault({ provider: 'stripe', kind: 'rate_limit', retryAfterS: 7 });
    await expect(create()).rejects.toMatchObject({
      type: 'StripeRateLimitError',
      headers: { 'retry-after': '7' },
    });
  });

  test('declines with the reason that it names', async () => {
    const { id } = await create();
    const operation = 'payment_intents.confirm';
    await fault({ provider: 'stripe', operation, kind: 'decline', nth: 1, declineCode: 'stolen_card' });
    const confirm = () => sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    await expect(confirm()).rejects.toMatchObject({ code: 'card_declined', decline_code: 'stolen_card' });
    expect((await confirm()).status).toBe('succeeded');
  });

  test('strikes only the n-th call, or only so often', async () => {
    await fault({ provider: 'stripe', operation: 'payment_intents.create', kind: 'rate_limit', nth: 2 });
    await create();
    await expect(create()).rejects.toMatchObject({ statusCode: 429 });
    await create();
    await sim.control('DELETE', '/faults');
    await fault({ provider: '*', kind: 'server_error_before', times: 2 });
    await expect(create()).rejects.toMatchObject({ statusCode: 500 });
    await expect(create()).rejects.toMatchObject({ statusCode: 500 });
    await create();
    expect((await sim.control('GET', '/faults')).body.faults).toMatchObject([{ calls: 3, hits: 2 }]);
  });

  test('with a probability strikes the same calls for the same seed', async () => {
    const strikes = async (seed: number) => {
      await sim.control('POST', '/reset', { seed });
      await fault({ provider: 'stripe', kind: 'rate_limit', probability: 0.5 });
      const struck: boolean[] = [];
      for (let call = 0; call < 32; call++)
        struck.push(
          await create().then(
            () => false,
            () => true,
          ),
        );
      return struck;
    };
    const first = await strikes(7);
    expect(await strikes(7)).toEqual(first);
    expect(await strikes(8)).not.toEqual(first);
    expect(new Set(first).size).toBe(2);
  });

  test('is removed by its number', async () => {
    const { body } = await fault({ provider: 'stripe', kind: 'rate_limit' });
    expect((await sim.control('DELETE', `/faults/${body.id}`)).status).toBe(200);
    await create();
    expect((await sim.control('DELETE', `/faults/${body.id}`)).status).toBe(404);
  });

  test.each([
    [{ kind: 'explode' }, 'kind'],
    [{ provider: 'adyen', kind: 'reset' }, 'provider'],
    [{ provider: 'stripe', operation: 'orders.create', kind: 'reset' }, 'operation'],
    [{ provider: 'stripe', operation: 'refunds.create', kind: 'decline' }, 'operation'],
    [{ provider: 'paypal', operation: 'customer.approve', kind: 'rate_limit' }, 'kind'],
    [{ provider: 'stripe', kind: 'abandon' }, 'kind'],
    [{ kind: 'reset', probability: 2 }, 'probability'],
    [{ kind: 'reset', nth: 0 }, 'nth'],
    [{ kind: 'reset', often: true }, 'often'],
  ])('that cannot be meant is refused by its field: %j', async (rule, field) => {
    const { status, body } = await fault(rule);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
  });

  test('can be of every kind', async () => {
    for (const kind of CALL_FAULTS) {
      const { status } = await fault({ provider: 'stripe', operation: 'payment_intents.confirm', kind });
      expect({ kind, status }).toEqual({ kind, status: 200 });
    }
  });
});

describe('a customer', () => {
  const orderOf = async () => {
    const { id } = await sim.razorpay.orders.create({ amount: 49_900, currency: 'INR' });
    return { id, payments: async () => (await sim.razorpay.orders.fetchPayments(id)).items };
  };
  beforeEach(() => sim.control('PATCH', '/settings', { customerMode: 'auto', customerDelayMs: 60_000 }));

  test('pays after a delay', async () => {
    const order = await orderOf();
    expect(await order.payments()).toEqual([]);
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    expect(await order.payments()).toMatchObject([{ status: 'authorized' }]);
  });

  test('is declined, is slow, or never comes, as asked', async () => {
    const operation = 'customer.pay';
    await fault({ provider: 'razorpay', operation, kind: 'decline', nth: 1, declineCode: 'card_expired' });
    await fault({ provider: 'razorpay', operation, kind: 'slow', nth: 2, delayMs: 60_000 });
    await fault({ provider: 'razorpay', operation, kind: 'abandon', nth: 3 });
    const [declined, slow, absent] = [await orderOf(), await orderOf(), await orderOf()];
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    expect(await declined.payments()).toMatchObject([{ status: 'failed', error_reason: 'card_expired' }]);
    expect(await slow.payments()).toEqual([]);
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    expect(await slow.payments()).toMatchObject([{ status: 'authorized' }]);
    await sim.control('POST', '/clock', { advanceMs: 3_600_000 });
    expect(await absent.payments()).toEqual([]);
  });

  test('is nobody where nothing waits', async () => {
    const { status } = await sim.control('POST', '/customers/razorpay/order_none', { act: 'agree' });
    expect(status).toBe(404);
  });
});

test('an SDK without a time-out of its own waits as long as the gateway does: give it one', async () => {
  await fault({ provider: 'razorpay', kind: 'timeout_after' });
  const { run, made } = CREATIONS.razorpay;
  axiosOf(sim.razorpay).defaults.timeout = 50;
  // On a busy machine the time-out may pass before a request is even sent.
  await sim.until(async () => {
    await expect(run()).rejects.toBeInstanceOf(TypeError);
    return made() > 0;
  });
  axiosOf(sim.razorpay).defaults.timeout = 0;
});

test('the SDK of Stripe sends once more after a reset: only a key keeps that from making two', async () => {
  const { port } = sim.server;
  const options = { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 } as const;
  const overNodeHttp = new Stripe('sk_test_simulator', options);
  await fault({ provider: 'stripe', kind: 'drop_reply', nth: 1 });
  await overNodeHttp.paymentIntents.create({ amount: 1999, currency: 'usd' }, { idempotencyKey: 'key-1' });
  expect(await requestsOf('stripe', 'payment_intents.create')).toMatchObject({ requests: 2 });
  expect(payments()).toBe(1);
});
