import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AMOUNT_MINOR_MAX, type Fact, type GatewayProvider } from '@payments/domain';
import {
  captured,
  openTestLedger,
  refunded,
  type TestLedger,
  type TestWebhook,
  webhookOf,
} from '../testing/deliveries.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openTestLedger();
}, 60_000);
afterAll(() => ledger.close());

let made = 0;
/** Ids that are unique to a test. */
function own(name: string): string {
  made += 1;
  return `${name}-${made}`;
}

const PRICE = { amountMinor: 1999n, currency: 'USD' };
const AT = 1_764_000_000_000;

/** Common fields of a fact about an object of PayPal's or Razorpay's, at a time in seconds. */
function said(provider: GatewayProvider, objectId: string, second: number, parentId: string) {
  return { provider, objectId, parentId, relatedIds: [parentId], occurredAt: AT + second * 1000 };
}

function webhook(...facts: readonly Fact[]): TestWebhook {
  const [{ provider } = { provider: 'stripe' as const }] = facts;
  return webhookOf(own(`${provider}:event`), facts, provider);
}

describe('given an order with several attempts', () => {
  const failure = { code: 'declined', message: null };

  test.each([
    ['in order', [0, 1]],
    ['the other way round', [1, 0]],
  ])(
    'the failure of one leaves the hold of another, reported in separate transactions %s',
    async (_how, order) => {
      const object = own('order');
      const { id } = await ledger.create({ provider: 'razorpay', gatewayObjectId: object });
      const lost = own('pay');
      const webhooks = [
        webhook({ ...said('razorpay', own('pay'), 1, object), kind: 'authorized', amount: PRICE }),
        webhook({
          ...said('razorpay', lost, 2, object),
          kind: 'failed',
          retryable: true,
          failure,
          payment: { objectId: lost, amount: PRICE },
        }),
      ];
      for (const index of order) await ledger.deliver(webhooks.slice(index, index + 1));
      const { payment } = await ledger.load(id);
      expect(payment.intent).toMatchObject({ status: 'REQUIRES_CAPTURE', amountAuthorized: 1999n });
      expect([...payment.transactions.values()].map(({ parentId }) => parentId)).toEqual([object, object]);
    },
  );
});

describe('given a second payment intent that carries our id', () => {
  test('its status is not the payment’s, and its money is', async () => {
    const { id, intentId } = await ledger.create({ gatewayObjectId: own('pi') });
    const stray = own('pi_stray');
    const canceled = { ...said('stripe', stray, 1, stray), relatedIds: [], kind: 'canceled' as const };
    const event = { ...webhook(canceled), intentId };
    await ledger.deliver([event]);
    expect(await ledger.statuses()).toMatchObject({ [event.webhookId]: 'STALE' });
    expect((await ledger.load(id)).payment.intent).toMatchObject({ status: 'CREATED', version: 1 });
    await ledger.deliver([webhook(captured(stray, { parentId: stray, relatedIds: [] }))]);
    expect((await ledger.load(id)).payment.intent).toMatchObject({
      status: 'SUCCEEDED',
      amountCaptured: 1999n,
    });
  });
});

describe('given a capture that is reversed after a partial refund', () => {
  test.each([
    ['as it happened', [0, 1, 2]],
    ['the reversal before the refund', [0, 2, 1]],
    ['the capture last', [2, 1, 0]],
  ])('no more than the capture is refunded, reported %s', async (_how, order) => {
    const [object, capture, refund] = [own('ORDER'), own('CAP'), own('REF')];
    const { id } = await ledger.create({ provider: 'paypal', gatewayObjectId: object });
    const webhooks = [
      webhook(captured(capture, said('paypal', capture, 1, object))),
      webhook(
        refunded(refund, {
          ...said('paypal', refund, 2, capture),
          relatedIds: [capture, object],
        }),
      ),
      webhook(
        refunded(capture, { provider: 'paypal', amount: PRICE, relatedIds: [object], occurredAt: AT + 3000 }),
      ),
    ];
    const alerts: string[] = [];
    for (const index of order) {
      const { changes } = await ledger.deliver(webhooks.slice(index, index + 1));
      for (const { folded } of changes) alerts.push(...folded.alerts.map(({ code }) => code));
    }
    expect((await ledger.load(id)).payment.intent).toMatchObject({
      amountCaptured: 1999n,
      amountRefunded: 1999n,
      amountRefundPending: 0n,
    });
    expect(alerts).toEqual([]);
  });
});

test('a dispute over two captures makes two transactions, however often it is reported', async () => {
  const [object, dispute] = [own('ORDER'), own('PP')];
  const captures = [own('CAP'), own('CAP')];
  const { id } = await ledger.create({ provider: 'paypal', gatewayObjectId: object, allowAnother: true });
  await ledger.deliver(captures.map((one) => webhook(captured(one, said('paypal', one, 1, object)))));
  const parts = (second: number) =>
    captures.map(
      (capture, index): Fact => ({
        ...said('paypal', `${dispute}:${capture}`, second, capture),
        relatedIds: [capture],
        kind: 'dispute',
        state: 'opened',
        amount: { amountMinor: BigInt(1000 + index), currency: 'USD' },
      }),
    );
  await ledger.deliver([webhook(...parts(2))]);
  await ledger.deliver([webhook(...parts(3).toReversed())]);
  const { payment } = await ledger.load(id);
  expect(payment.intent.amountDisputed).toBe(2001n);
  const disputes = [...payment.transactions.values()].filter(({ type }) => type === 'DISPUTE');
  expect(disputes.map(({ parentId }) => parentId).sort()).toEqual([...captures].sort());
});

test('thousands of refunds of one payment in a batch are each counted once', async () => {
  const object = own('pi');
  const { id } = await ledger.create({ gatewayObjectId: object });
  const cent = { amountMinor: 1n, currency: 'USD' };
  const refunds = Array.from({ length: 1500 }, (_, index) =>
    webhook(refunded(own(`re${index}`), { amount: cent, parentId: object, relatedIds: [object] })),
  );
  await ledger.deliver([webhook(captured(object, { parentId: object })), ...refunds]);
  expect((await ledger.load(id)).payment).toMatchObject({
    intent: { amountRefunded: 1500n, version: 1502 },
    transactions: { size: 1501 },
  });
});

describe('given more money than events can represent', () => {
  const tooMuch = { amountMinor: AMOUNT_MINOR_MAX + 1n, currency: 'USD' };

  test('a fact fails, naming the amount that is too large', async () => {
    const object = own('pi');
    await ledger.create({ gatewayObjectId: object });
    const event = webhook(captured(object, { amount: tooMuch }));
    await ledger.deliver([event]);
    const rows = await ledger.rows('SELECT status, error FROM payment_webhooks WHERE webhook_id = $1', [
      event.webhookId,
    ]);
    expect(rows).toEqual([
      {
        status: 'FAILED',
        error: `the amount of PAYMENT ${object} lies between 0 and 9007199254740990 minor units: 9007199254740991`,
      },
    ]);
  });

  test('a payment cannot be created', async () => {
    await expect(ledger.create({ amount: tooMuch })).rejects.toThrow('amount lies between 0 and');
  });
});
