import { describe, expect, test } from '@jest/globals';
import { intentIdOf } from '@payments/domain';
import { readWebhook } from '../read-webhook.js';
import { factOf, json, reasonOf } from '../testing/bodies.js';

const CREATED = 1_764_000_000;

function event(type: string, object: object) {
  return { id: 'evt_1', type, created: CREATED, data: { object } };
}

function intent(status: string, more: object = {}) {
  const money = { amount: 2000, amount_capturable: 0, amount_received: 0, currency: 'usd' };
  return { id: 'pi_1', object: 'payment_intent', status, latest_charge: 'ch_1', ...money, ...more };
}

function refund(status: string, more: object = {}) {
  const ids = { id: 're_1', payment_intent: 'pi_1', charge: 'ch_1', balance_transaction: 'txn_1' };
  return { ...ids, object: 'refund', amount: 500, currency: 'usd', status, ...more };
}

const ORIGIN = {
  provider: 'stripe',
  objectId: 'pi_1',
  relatedIds: ['ch_1'],
  parentId: 'pi_1',
  occurredAt: CREATED * 1000,
};
const usd = (amountMinor: bigint) => ({ amountMinor, currency: 'USD' });

describe('a payment intent', () => {
  test('that succeeded is captured, with what was received', () => {
    expect(
      factOf('stripe', event('payment_intent.succeeded', intent('succeeded', { amount_received: 1500 }))),
    ).toEqual({
      ...ORIGIN,
      kind: 'captured',
      amount: usd(1500n),
      reference: 'ch_1',
    });
  });

  test('that can be captured is authorized, with what can be captured', () => {
    const held = intent('requires_capture', { amount_capturable: 1800 });
    expect(factOf('stripe', event('payment_intent.amount_capturable_updated', held))).toEqual({
      ...ORIGIN,
      kind: 'authorized',
      amount: usd(1800n),
      reference: 'ch_1',
    });
  });

  test('follows its status, whatever the type of the event', () => {
    const kinds = ['requires_payment_method', 'requires_confirmation', 'processing', 'canceled'];
    for (const kind of kinds) {
      expect(factOf('stripe', event('payment_intent.succeeded', intent(kind)))).toEqual({ ...ORIGIN, kind });
    }
  });

  test('that failed may be tried again, and has the failure without a card number', () => {
    const last_payment_error = {
      code: 'card_declined',
      decline_code: 'lost_card',
      message: 'Card 4242 4242 4242 4242\0 was declined.',
      payment_method: { card: { last4: '4242' } },
    };
    const failed = intent('requires_payment_method', { last_payment_error });
    expect(factOf('stripe', event('payment_intent.payment_failed', failed))).toEqual({
      ...ORIGIN,
      kind: 'failed',
      retryable: true,
      failure: { code: 'card_declined', message: 'Card [digits] was declined.' },
    });
  });

  test('that requires the customer has the next action', () => {
    const next_action = { type: 'redirect_to_url', redirect_to_url: { url: 'https://hooks.stripe.com/3ds' } };
    const waiting = event('payment_intent.requires_action', intent('requires_action', { next_action }));
    expect(factOf('stripe', waiting)).toEqual({
      ...ORIGIN,
      kind: 'requires_action',
      nextAction: next_action,
    });
  });

  test.each([
    [undefined, null],
    ['text', null],
    [{ type: 'a\0b' }, null],
    [{ type: '\ud800' }, null],
    [{ type: 'x'.repeat(20_000) }, null],
    [{ type: 'caf\u00e9 \ud83d\ude00' }, { type: 'caf\u00e9 \ud83d\ude00' }],
  ])('keeps a next action only if it can be stored (%#)', (next_action, nextAction) => {
    const waiting = event('payment_intent.requires_action', intent('requires_action', { next_action }));
    expect(factOf('stripe', waiting)).toMatchObject({ nextAction });
  });

  test('keeps no next action that is nested too deep to be walked through', () => {
    const next_action = { type: 'deep' };
    const waiting = json(event('payment_intent.requires_action', intent('requires_action', { next_action })));
    const deep = waiting.toString().replace('"deep"', '['.repeat(7000) + ']'.repeat(7000));
    expect(readWebhook('stripe', Buffer.from(deep)).facts).toMatchObject([{ nextAction: null }]);
  });

  test.each([
    ['canceled', { latest_charge: null }],
    ['canceled', {}],
    ['canceled', { capture_method: 'manual', latest_charge: null }],
    ['canceled', { capture_method: 'manual', last_payment_error: { code: 'card_declined' } }],
    ['voided', { capture_method: 'manual' }],
    ['voided', { amount_capturable: 2000 }],
  ])('that was canceled is %s by whether money was held (%#)', (kind, more) => {
    expect(factOf('stripe', event('payment_intent.canceled', intent('canceled', more)))).toMatchObject({
      kind,
      ...(kind === 'voided' ? { amount: usd(2000n) } : {}),
    });
  });
});

describe('a refund', () => {
  test.each([
    ['pending', 'pending'],
    ['requires_action', 'pending'],
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
  ])('%s is %s, whatever the event is called', (status, state) => {
    for (const type of ['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated']) {
      expect(factOf('stripe', event(type, refund(status)))).toEqual({
        ...ORIGIN,
        kind: 'refund',
        objectId: 're_1',
        relatedIds: ['pi_1', 'ch_1'],
        parentId: 'pi_1',
        state,
        amount: usd(500n),
      });
    }
  });

  test('that failed has the failure', () => {
    const failed = refund('failed', { failure_reason: 'lost_or_stolen_card' });
    const failure = { code: 'lost_or_stolen_card', message: null };
    expect(factOf('stripe', event('refund.failed', failed))).toMatchObject({ failure });
  });

  test('that only releases an authorization yields no fact', () => {
    const released = event('refund.created', refund('succeeded', { balance_transaction: null }));
    expect(factOf('stripe', released)).toBeUndefined();
    expect(
      factOf('stripe', event('refund.created', refund('pending', { balance_transaction: null }))),
    ).toBeDefined();
  });

  test('that is only announced yields no fact', () => {
    const charge = { id: 'ch_1', object: 'charge', payment_intent: 'pi_1', amount_refunded: 500 };
    const reading = readWebhook('stripe', json(event('charge.refunded', charge)));
    expect(reading).toMatchObject({ effect: 'refund_announced', facts: [], raisesMoney: false });
  });
});

test.each([
  ['warning_needs_response', 'opened', false],
  ['warning_under_review', 'under_review', false],
  ['warning_closed', 'closed', true],
  ['needs_response', 'opened', false],
  ['under_review', 'under_review', false],
  ['won', 'won', true],
  ['lost', 'lost', false],
  ['prevented', 'closed', true],
])('a dispute %s is %s, whatever the event is called', (status, state, raisesMoney) => {
  const ids = { id: 'dp_1', charge: 'ch_1', payment_intent: 'pi_1' };
  const dispute = { ...ids, object: 'dispute', amount: 2000, currency: 'usd', status };
  for (const name of ['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated']) {
    const said = event(`charge.dispute.${name}`, dispute);
    expect(readWebhook('stripe', json(said)).raisesMoney).toBe(raisesMoney);
    expect(factOf('stripe', said)).toEqual({
      ...ORIGIN,
      kind: 'dispute',
      objectId: 'dp_1',
      relatedIds: ['pi_1', 'ch_1'],
      parentId: 'pi_1',
      state,
      amount: usd(2000n),
    });
  }
});

describe('money', () => {
  const captured = (amount_received: unknown, currency: unknown) =>
    event('payment_intent.succeeded', intent('succeeded', { amount_received, currency }));

  test.each([
    [500, 'jpy', 500n, 'JPY'],
    [5120, 'kwd', 5120n, 'KWD'],
    [500, 'isk', 5n, 'ISK'],
    [500, 'ugx', 5n, 'UGX'],
    [500, 'mga', 50_000n, 'MGA'],
    [1045, 'huf', 1045n, 'HUF'],
    [1045, 'twd', 1045n, 'TWD'],
  ])('%i %s is %i minor units', (amount, currency, amountMinor, code) => {
    expect(factOf('stripe', captured(amount, currency))).toMatchObject({
      amount: { amountMinor, currency: code },
    });
  });

  test.each([
    [19.99, 'usd', 'data.object.amount_received is no integer'],
    ['1999', 'usd', 'data.object.amount_received is no integer'],
    [undefined, 'usd', 'data.object.amount_received is no integer'],
    [2 ** 53, 'usd', 'data.object.amount_received is no integer'],
    [2 ** 53 - 1, 'usd', 'data.object.amount_received is more than 9007199254740990 minor units'],
    [-1, 'usd', 'data.object.amount_received is not positive'],
    [0, 'usd', 'data.object.amount_received is not positive'],
    [550, 'isk', 'data.object.amount_received is no amount in ISK'],
    [100, 'USD', 'data.object.currency is no currency that we know'],
    [100, 'xxx', 'data.object.currency is no currency that we know'],
    [100, undefined, 'data.object.currency is no currency that we know'],
  ])('%p %p is refused: %s', (amount, currency, reason) => {
    expect(reasonOf('stripe', captured(amount, currency))).toBe(reason);
  });
});

describe('a field that cannot be used is refused by name', () => {
  const good = event('payment_intent.succeeded', intent('succeeded', { amount_received: 2000 }));

  test.each([
    ['created is no time', { ...good, created: undefined }],
    ['data.object.status is a status that we do not know', event(good.type, intent('dancing'))],
    ['data.object.status is a status that we do not know', event(good.type, intent('constructor'))],
    ['data.object.status is no status', event(good.type, intent('canceled, held'))],
    ['data.object is no payment_intent', event(good.type, refund('succeeded'))],
    ['data.object is no refund', event('refund.created', intent('succeeded'))],
  ])('%s', (reason, said) => {
    expect(reasonOf('stripe', said)).toBe(reason);
  });
});

test('our intent id is taken from the metadata, and only if it is one', () => {
  const ours = intentIdOf('order-1', 'stripe');
  const read = (intentId: unknown) =>
    readWebhook(
      'stripe',
      json(event('payment_intent.created', intent('processing', { metadata: { intentId } }))),
    );
  expect(read(ours).intentId).toBe(ours);
  expect(read(ours.toUpperCase()).intentId).toBe(ours);
  for (const other of ['order-1', '', 7, null, { ours }, ours.replace(/-5/, '-4')]) {
    expect(read(other).intentId).toBeUndefined();
  }
});
