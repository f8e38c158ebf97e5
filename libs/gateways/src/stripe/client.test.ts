import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PlannedCall } from '@payments/domain';
import type { GatewayClient } from '../client/gateway-client.js';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { startProxy } from '../testing/conformance/proxy.js';
import { stripeSubject } from '../testing/conformance/stripe-subject.js';
import { TestGateways } from '../testing/conformance/test-gateways.js';
import { TestPayment } from '../testing/conformance/test-payment.js';

const SEARCH_LAG_MS = 60_000;

let gateways: TestGateways;
let client: GatewayClient;
beforeAll(async () => {
  gateways = await TestGateways.start({ settings: { stripeSearchLagMs: SEARCH_LAG_MS } });
  client = gateways.client(stripeSubject);
});
beforeEach(() => gateways.reset());
afterAll(() => gateways.close());

const payment = (captureMethod: 'automatic' | 'manual' = 'automatic', currency = 'USD') =>
  new TestPayment({ gateways, subject: stripeSubject, client, captureMethod, currency });
const intentOf = (made: TestPayment) => gateways.simulator.stripe.payments.get(idOf(made));
const idOf = (made: TestPayment) => made.answers[0]?.gatewayObjectId ?? '';
const kindsOf = (answer: { readonly facts: readonly { readonly kind: string }[] } | null) =>
  answer?.facts.map(({ kind }) => kind);

describe('a customer who has to authenticate', () => {
  const THREE_D_SECURE = { paymentMethodToken: 'pm_card_threeDSecure2Required' };

  test('is redirected, returns, and has paid', async () => {
    const made = await payment().untilAgreed();
    const { facts } = await made.send('confirm', THREE_D_SECURE);
    expect(facts).toMatchObject([
      {
        kind: 'requires_action',
        nextAction: {
          type: 'redirect_to_url',
          redirect_to_url: { return_url: 'https://shop.example/return' },
        },
      },
    ]);
    gateways.simulator.customer.act('stripe', idOf(made), { decline: undefined });
    expect(kindsOf(await client.fetch(idOf(made)))).toEqual(['captured']);
  });

  test('proves the confirmation of that card, but not of another one', async () => {
    const made = await payment().untilAgreed();
    await made.send('confirm', THREE_D_SECURE);
    expect(kindsOf(await client.inquire(made.call('confirm', THREE_D_SECURE)))).toEqual(['requires_action']);
    expect(await client.inquire(made.call('confirm'))).toBeNull();
    expect(kindsOf(await made.send('confirm'))).toEqual(['captured']);
  });
});

describe('what was done under another key', () => {
  test.each([
    ['confirm', 'automatic', 'captured'],
    ['confirm', 'manual', 'authorized'],
    ['capture', 'manual', 'captured'],
    ['cancel', 'manual', 'voided'],
  ] as const)('is the answer to %s (%s)', async (operation, captureMethod, kind) => {
    const made = await payment(captureMethod).untilConfirmed();
    const first = operation === 'confirm' ? made.answers[1] : await made.send(operation);
    const again = await client.send(made.call(operation));
    expect(kindsOf(again)).toEqual([kind]);
    expect(again.facts).toMatchObject((first?.facts ?? []).map(({ occurredAt: _, ...fact }) => fact));
  });

  test('is not the answer if another amount was captured: the rejection has that capture', async () => {
    const made = await payment('manual').untilConfirmed();
    await made.send('capture', { amount: { amountMinor: 1200n, currency: 'USD' } });
    const error = await gatewayErrorOf(client.send(made.call('capture')));
    expect(error).toMatchObject({
      type: 'INVALID_REQUEST',
      failure: { code: 'payment_intent_unexpected_state' },
      answer: { facts: [{ kind: 'captured', amount: { amountMinor: 1200n } }] },
    });
  });

  test.each([
    ['cancel', 'capture', 'captured'],
    ['capture', 'cancel', 'voided'],
    ['confirm', 'cancel', 'voided'],
  ] as const)('ends %s for good if it was %s, which the answer tells', async (operation, before, kind) => {
    const made = await payment('manual').untilConfirmed();
    await made.send(before);
    const error = await gatewayErrorOf(client.send(made.call(operation)));
    expect(error.type).toBe('INVALID_REQUEST');
    expect(kindsOf(error.answer)).toEqual([kind]);
    expect(kindsOf(await client.inquire(made.call(operation)))).toEqual([kind]);
  });
});

describe('a declined card', () => {
  const DECLINED = { paymentMethodToken: 'pm_card_chargeDeclinedInsufficientFunds' };

  test('leaves a payment that can be paid with another card', async () => {
    const made = await payment().untilAgreed();
    const error = await gatewayErrorOf(made.send('confirm', DECLINED));
    expect(error).toMatchObject({
      type: 'CARD_DECLINED',
      httpStatus: 402,
      failure: { code: 'card_declined', message: 'Your card has insufficient funds.' },
      answer: { gatewayObjectId: idOf(made), facts: [{ kind: 'failed', retryable: true }] },
    });
    expect(made.decided([...made.facts, ...(error.answer?.facts ?? [])]).status).toBe(
      'REQUIRES_PAYMENT_METHOD',
    );
    expect(kindsOf(await made.send('confirm'))).toEqual(['captured']);
  });

  test('proves nothing to an inquiry, and is declined again under its key', async () => {
    const made = await payment().untilAgreed();
    const call = made.call('confirm', DECLINED);
    await gatewayErrorOf(client.send(call));
    expect(await client.inquire(call)).toBeNull();
    expect((await gatewayErrorOf(client.send(call))).type).toBe('CARD_DECLINED');
    expect(gateways.countOf('stripe', 'payment_intents.confirm')).toMatchObject({ executed: 1, replayed: 1 });
  });
});

describe('a response that Stripe repeats', () => {
  const THREE_D_SECURE = { paymentMethodToken: 'pm_card_threeDSecure2Required' };

  test('does not report an outdated state: the customer has failed to authenticate', async () => {
    const made = await payment().untilAgreed();
    const call = made.call('confirm', THREE_D_SECURE);
    expect(kindsOf(await client.send(call))).toEqual(['requires_action']);
    gateways.simulator.customer.act('stripe', idOf(made), { decline: '' });
    expect((await client.send(call)).facts).toMatchObject([{ kind: 'failed', retryable: true }]);
    expect(gateways.countOf('stripe', 'payment_intents.confirm')).toMatchObject({ executed: 1, replayed: 1 });
  });

  test('does not report a declined card after another one has paid', async () => {
    const made = await payment().untilAgreed();
    const call = made.call('confirm', { paymentMethodToken: 'pm_card_chargeDeclined' });
    await gatewayErrorOf(client.send(call));
    await made.send('confirm');
    const error = await gatewayErrorOf(client.send(call));
    expect(error).toMatchObject({ type: 'CARD_DECLINED', failure: { code: 'card_declined' } });
    expect(kindsOf(error.answer)).toEqual(['captured']);
  });

  test('overrules nothing if the present state cannot be read', async () => {
    const made = await payment().untilAgreed();
    const [confirmed, refused] = [THREE_D_SECURE, { paymentMethodToken: 'pm_card_chargeDeclined' }].map(
      (token) => made.call('confirm', token),
    );
    const first = await client.send(confirmed as PlannedCall);
    gateways.strikeOnce('stripe', stripeSubject.read, 'unavailable');
    const [fact] = (await client.send(confirmed as PlannedCall)).facts;
    const created = intentOf(made)?.created ?? 0;
    expect(fact).toEqual({ ...first.facts[0], occurredAt: created * 1000 });
    await gatewayErrorOf(client.send(refused as PlannedCall));
    gateways.strikeOnce('stripe', stripeSubject.read, 'unavailable');
    const error = await gatewayErrorOf(client.send(refused as PlannedCall));
    expect(error).toMatchObject({ type: 'CARD_DECLINED', answer: null });
  });
});

test('a bank debit is processing, which proves that it was confirmed', async () => {
  const made = await payment().untilAgreed();
  const call = made.call('confirm', { paymentMethodToken: 'pm_usBankAccount_success' });
  expect(kindsOf(await client.send(call))).toEqual(['processing']);
  expect(kindsOf(await client.inquire(call))).toEqual(['processing']);
});

test('what is processing is not canceled, which the refusal shows, and an inquiry leaves open', async () => {
  const made = await payment().untilAgreed();
  await client.send(made.call('confirm', { paymentMethodToken: 'pm_usBankAccount_success' }));
  const cancel = made.call('cancel');
  const refused = await gatewayErrorOf(client.send(cancel));
  expect(refused).toMatchObject({
    type: 'INVALID_REQUEST',
    failure: { code: 'payment_intent_unexpected_state' },
  });
  expect(kindsOf(refused.answer)).toEqual(['processing']);
  expect(await client.inquire(cancel)).toBeNull();
});

test('a lost creation is found by our id once the search has indexed it', async () => {
  const made = payment();
  const call = made.call('create');
  gateways.strikeOnce('stripe', 'payment_intents.create', 'drop_reply');
  await gatewayErrorOf(client.send(call));
  expect(await client.inquire(call)).toBeNull();
  gateways.simulator.clock.advance(SEARCH_LAG_MS);
  const found = await client.inquire(call);
  expect(kindsOf(found)).toEqual(['requires_payment_method']);
  expect(await client.send(call)).toMatchObject({ gatewayObjectId: found?.gatewayObjectId });
});

test('a lost creation of an account without a search is found by its key', async () => {
  const message = 'Search is not available for accounts in IN.';
  const refusal = { status: 400, body: { error: { type: 'invalid_request_error', message } } };
  const proxy = await startProxy(gateways, (path) => (path.includes('/search?') ? refusal : undefined));
  try {
    const indian = gateways.client(stripeSubject, proxy.base);
    const call = payment().call('create');
    gateways.strikeOnce('stripe', 'payment_intents.create', 'drop_reply');
    await gatewayErrorOf(client.send(call));
    expect(await indian.inquire(call)).toBeNull();
    expect(kindsOf(await indian.send(call))).toEqual(['requires_payment_method']);
    expect(gateways.countOf('stripe', 'payment_intents.create').executed).toBe(1);
  } finally {
    await proxy.close();
  }
});

describe('the key of a call', () => {
  test('is refused for another call', async () => {
    const made = await payment('manual').untilConfirmed();
    const call = made.call('capture');
    await client.send(call);
    const other = { ...call, amount: { amountMinor: 5n, currency: 'USD' } };
    expect((await gatewayErrorOf(client.send(other))).type).toBe('IDEMPOTENCY_CONFLICT');
  });

  test('is refused while the call is in progress', async () => {
    const call = payment().call('create');
    gateways.strikeOnce('stripe', 'payment_intents.create', 'slow', { delayMs: 60_000 });
    const first = client.send(call);
    while (gateways.countOf('stripe', 'payment_intents.create').requests === 0) {
      await new Promise(setImmediate);
    }
    const error = await gatewayErrorOf(client.send(call));
    expect(error).toMatchObject({ type: 'IDEMPOTENCY_CONFLICT', httpStatus: 409 });
    expect(error.isProvablyNotExecuted).toBe(false);
    gateways.simulator.clock.advance(60_000);
    await first;
  });

  test('is kept for a day', () => {
    expect(client.keyLifetimeMs('refund')).toBe(24 * 60 * 60 * 1000);
  });
});

describe('the metadata and reasons that Stripe gets', () => {
  test('are our ids, and as much of the metadata as Stripe accepts', async () => {
    const made = payment();
    const metadata = {
      basket: 'b-1',
      attemptId: 'not ours',
      empty: '',
      'a[b]': 'x',
      ['k'.repeat(41)]: 'x',
      long: 'x'.repeat(501),
      ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`n${index}`, 'x'])),
    };
    const call = made.call('create', { metadata });
    made.answers.push(await client.send(call));
    const told = intentOf(made)?.metadata ?? {};
    expect(told).toMatchObject({
      intentId: made.intentId,
      attemptId: call.attemptId,
      basket: 'b-1',
      n0: 'x',
    });
    expect(Object.keys(told)).toHaveLength(50);
    for (const name of ['empty', 'a[b]', 'long', 'k'.repeat(41)]) expect(told).not.toHaveProperty([name]);
  });

  test('are the reasons that it knows; other reasons go into the metadata', async () => {
    const made = await payment().untilConfirmed();
    const amount = { amountMinor: 100n, currency: 'USD' };
    await made.send('refund', { amount, reason: 'duplicate' });
    await made.send('refund', { amount, reason: 'the parcel was wet' });
    expect(intentOf(made)?.refunds).toMatchObject([
      { reason: 'duplicate' },
      { reason: null, metadata: { reason: 'the parcel was wet', intentId: made.intentId } },
    ]);
    const held = await payment('manual').untilConfirmed();
    await held.send('cancel', { reason: 'abandoned' });
    expect(intentOf(held)?.cancellationReason).toBe('abandoned');
  });
});

test('a payment with more refunds than a page holds is fetched whole, and each refund is found', async () => {
  const made = await payment().untilConfirmed();
  const amount = { amountMinor: 1n, currency: 'USD' };
  const first = made.call('refund', { amount });
  await client.send(first);
  for (let i = 0; i < 100; i++) await client.send(made.call('refund', { amount }));
  const fetched = await client.fetch(idOf(made));
  expect(made.decided(fetched?.facts).amountRefunded).toBe(101n);
  expect(kindsOf(await client.inquire(first))).toEqual(['refund']);
});

test('a path prefix of the API, as behind a proxy, is kept', async () => {
  const behind = gateways.client(stripeSubject, `${gateways.base}/stripe/`);
  const made = await new TestPayment({ gateways, subject: stripeSubject, client: behind }).untilConfirmed();
  expect(kindsOf(await behind.fetch(idOf(made)))).toEqual(['captured']);
});

test('a call without a payment intent is refused before it is sent', async () => {
  for (const operation of ['confirm', 'capture', 'cancel', 'refund'] as const) {
    const error = await gatewayErrorOf(client.send(payment().call(operation)));
    expect(error).toMatchObject({ type: 'INVALID_REQUEST', failure: { code: 'no_gateway_object' } });
  }
});
