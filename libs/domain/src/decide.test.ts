import { describe, expect, test } from '@jest/globals';
import { decide } from './decide.js';
import { decideAll, strongestOutcome } from './decide-all.js';
import type { FactOnLeg, RefundState } from './facts.js';
import type { Payment } from './payment.js';
import { fact, PRICE, paymentWith, usd } from './testing/payments.js';

const captured = fact({ kind: 'captured', amount: PRICE });

function refund(state: RefundState, amount = 500, objectId = 're_1', occurredAt = 200_000): FactOnLeg {
  return fact({ kind: 'refund', state, amount: usd(amount), objectId, occurredAt });
}

function after(payment: Payment, ...facts: FactOnLeg[]): Payment {
  return decideAll(payment, facts).payment;
}

describe('given a payment of an order that another payment paid', () => {
  const paidElsewhere = { orderPaidElsewhere: true };
  const other = fact({ kind: 'captured', amount: PRICE, objectId: 'pi_2' });

  test.each(['PROCESSING', 'EXPIRED'] as const)('%s: the capture that pays it alerts, once', (status) => {
    const folded = decideAll(paymentWith({ status, ...paidElsewhere }), [captured, captured, other]);
    expect(folded.alerts).toMatchObject([
      { code: 'ORDER_PAID_TWICE', leg: captured.leg, objectId: captured.objectId, amount: PRICE },
      { code: 'DUPLICATE_CHARGE', objectId: 'pi_2' },
    ]);
    expect(folded.events[0]).toMatchObject({ status: 'SUCCEEDED', alerts: ['ORDER_PAID_TWICE'] });
  });

  test('money that is only held, or of another currency, does not pay it', () => {
    const held = fact({ kind: 'authorized', amount: PRICE });
    const euros = fact({ kind: 'captured', amount: { amountMinor: 1999n, currency: 'EUR' } });
    const { alerts } = decideAll(paymentWith(paidElsewhere), [held, euros]);
    expect(alerts.map(({ code }) => code)).toEqual(['CURRENCY_MISMATCH']);
  });
});

describe('given a payment that ended without money', () => {
  test.each(['CANCELED', 'EXPIRED', 'FAILED'] as const)(
    '%s: a capture after all is a late success',
    (status) => {
      const decision = decide(paymentWith({ status, version: 7 }), captured);
      expect(decision).toMatchObject({
        outcome: 'PROCESSED',
        reason: null,
        event: {
          type: 'late_success',
          version: 8,
          status: 'SUCCEEDED',
          previousStatus: status,
          amountCaptured: 1999n,
        },
        alerts: [],
      });
    },
  );

  test.each(['CANCELED', 'EXPIRED', 'FAILED'] as const)(
    '%s: an authorization is recorded, and someone has to void it',
    (status) => {
      const decision = decide(paymentWith({ status }), fact({ kind: 'authorized', amount: PRICE }));
      expect(decision).toMatchObject({
        outcome: 'PROCESSED',
        reason: 'INTENT_ENDED',
        event: { type: 'transaction_recorded', status, amountAuthorized: 1999n },
        alerts: [{ code: 'UNEXPECTED_AUTHORIZATION', objectId: 'pi_1' }],
      });
    },
  );

  test('it keeps what it said of its end when the gateway confirms that', () => {
    const failure = { code: 'card_declined', message: 'Your card was declined.' };
    const failed = fact({ kind: 'failed', retryable: false, failure });
    const payment = after(paymentWith(), failed, fact({ kind: 'canceled', occurredAt: 300_000 }));
    expect(payment.intent).toMatchObject({ status: 'FAILED', lastError: failure, version: 2 });
  });
});

describe('given one capture heard through three event types', () => {
  const reports = [
    captured,
    fact({ kind: 'captured', amount: PRICE, occurredAt: 101_000, reference: 'ch_1' }),
    fact({ kind: 'captured', amount: PRICE, occurredAt: 99_000 }),
  ];

  test('it is one transaction, one version and one event', () => {
    const folded = decideAll(paymentWith(), reports);
    expect(folded.transactions).toMatchObject([
      { action: 'insert', transaction: { occurredAt: 101_000, reference: 'ch_1' } },
    ]);
    expect(folded.events.map(({ type, version }) => [type, version])).toEqual([['captured', 2]]);
    expect(folded.payment.intent.amountCaptured).toBe(1999n);
    expect(folded.decisions.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['PROCESSED', null],
      ['PROCESSED', 'NO_CHANGE'],
      ['PROCESSED', 'NO_CHANGE'],
    ]);
    expect(folded.alerts).toEqual([]);
  });
});

describe('given two legs', () => {
  const twoLegs = paymentWith({ currentLeg: 2, status: 'PROCESSING' }, ['stripe', 'paypal']);
  const onPayPal = fact({
    kind: 'captured',
    amount: PRICE,
    leg: 2,
    provider: 'paypal',
    objectId: '5O1',
    occurredAt: 1,
  });

  test('a capture on the abandoned one makes it current, and the other is to be canceled', () => {
    const decision = decide(twoLegs, captured);
    expect(decision.changes.intent).toMatchObject({ status: 'SUCCEEDED', currentLeg: 1 });
    expect(decision.abandonedLeg).toBe(2);
    expect(decision.alerts).toEqual([]);
  });

  test.each([
    ['the abandoned one first', captured, onPayPal, 1],
    ['the current one first', onPayPal, captured, 2],
  ])(
    'captures on both are a duplicate charge, and both are counted: %s',
    (_name, first, second, currentLeg) => {
      const folded = decideAll(twoLegs, [first, second]);
      expect(folded.payment.intent).toMatchObject({ status: 'SUCCEEDED', amountCaptured: 3998n, currentLeg });
      expect(folded.alerts).toMatchObject([{ code: 'DUPLICATE_CHARGE', leg: second.leg, amount: PRICE }]);
      expect(folded.events.at(-1)).toMatchObject({ version: 3, alerts: ['DUPLICATE_CHARGE'] });
      expect(after(folded.payment, first, second)).toEqual(folded.payment);
    },
  );

  test('the duplicate can be refunded in full', () => {
    const { intent } = after(twoLegs, captured, onPayPal, refund('succeeded', 1999));
    expect(intent).toMatchObject({ amountCaptured: 3998n, amountRefunded: 1999n });
  });

  test('status facts of the abandoned one are stale, and its authorization is recorded', () => {
    expect(decide(twoLegs, fact({ kind: 'canceled' }))).toMatchObject({
      outcome: 'STALE',
      reason: 'OTHER_LEG',
      changes: {},
    });
    const authorized = decide(twoLegs, fact({ kind: 'authorized', amount: PRICE }));
    expect(authorized).toMatchObject({
      outcome: 'PROCESSED',
      reason: 'OTHER_LEG',
      changes: { intent: { amountAuthorized: 1999n } },
    });
    expect(authorized.changes.intent?.status).toBeUndefined();
    expect(authorized.alerts).toMatchObject([{ code: 'UNEXPECTED_AUTHORIZATION' }]);
  });
});

describe('given a second capture on the same leg', () => {
  test('a later word on one of the two is no third charge', () => {
    const other = fact({ kind: 'captured', amount: PRICE, objectId: 'pi_2' });
    const corrected = fact({ kind: 'captured', amount: usd(1000), objectId: 'pi_2', occurredAt: 101_000 });
    const { alerts, payment } = decideAll(paymentWith(), [captured, other, corrected]);
    expect(alerts.map(({ code }) => code)).toEqual(['DUPLICATE_CHARGE', 'AMOUNT_MISMATCH']);
    expect(payment.intent.amountCaptured).toBe(2999n);
  });

  test('it is a duplicate charge, too', () => {
    const other = fact({ kind: 'captured', amount: PRICE, objectId: 'pi_2' });
    expect(decideAll(paymentWith(), [captured, other]).alerts).toMatchObject([
      { code: 'DUPLICATE_CHARGE', objectId: 'pi_2' },
    ]);
  });
});

describe('given authorizations', () => {
  const authorized = fact({ kind: 'authorized', amount: PRICE });
  const voided = fact({ kind: 'voided', amount: PRICE, occurredAt: 200_000 });
  const manual = paymentWith({ captureMethod: 'manual' });

  test.each([
    ['in order', [authorized, voided]],
    ['the other way round', [voided, authorized]],
  ])('a voided one holds nothing: %s', (_name, facts) => {
    const { payment, alerts } = decideAll(manual, facts);
    expect(payment.intent).toMatchObject({ status: 'CANCELED', amountAuthorized: 0n });
    expect(alerts).toEqual([]);
  });

  test('a part of one can be captured; what was authorized stays on record', () => {
    const part = fact({ kind: 'captured', amount: usd(1200), occurredAt: 200_000 });
    expect(after(manual, authorized, part).intent).toMatchObject({
      status: 'SUCCEEDED',
      amountAuthorized: 1999n,
      amountCaptured: 1200n,
    });
  });
});

describe('given what the customer has to do and what went wrong', () => {
  const nextAction = { type: 'redirect', url: 'https://gateway.example/3ds' };
  const action = fact({ kind: 'requires_action', nextAction });
  const failure = { code: 'card_declined', message: null };

  test('both are there while they are true', () => {
    const waiting = after(paymentWith(), action);
    expect(waiting.intent).toMatchObject({ nextAction, lastError: null });
    const declined = after(waiting, fact({ kind: 'failed', retryable: true, failure, occurredAt: 200_000 }));
    expect(declined.intent).toMatchObject({
      status: 'REQUIRES_PAYMENT_METHOD',
      nextAction: null,
      lastError: failure,
    });
    expect(after(declined, captured).intent).toMatchObject({ nextAction: null, lastError: null });
  });

  test("a gateway's own checkout is what the customer has to do, also after a try that failed there", () => {
    const open = fact({ kind: 'requires_payment_method', nextAction });
    expect(after(paymentWith(), open).intent).toMatchObject({
      status: 'REQUIRES_PAYMENT_METHOD',
      nextAction,
    });
    const again = fact({ kind: 'failed', retryable: true, failure, nextAction, occurredAt: 200_000 });
    expect(after(paymentWith(), open, again).intent).toMatchObject({ nextAction, lastError: failure });
    const plain = fact({ kind: 'requires_payment_method', occurredAt: 300_000 });
    expect(after(paymentWith(), open, again, plain).intent).toMatchObject({
      nextAction: null,
      lastError: null,
    });
  });

  test('a second decline for another reason is an event, though the status stays', () => {
    const fails = (code: string, occurredAt: number) =>
      fact({ kind: 'failed', retryable: true, failure: { code, message: null }, occurredAt });
    const { events } = decideAll(paymentWith(), [fails('a', 1), fails('b', 2), fails('b', 3)]);
    expect(events.map(({ version, lastError }) => [version, lastError?.code])).toEqual([
      [2, 'a'],
      [3, 'b'],
    ]);
  });

  test('a failed try that names its payment is recorded, also when its word on the status comes too late', () => {
    const payment = { objectId: 'pay_1', amount: PRICE };
    const failed = fact({
      kind: 'failed',
      retryable: true,
      failure,
      payment,
      objectId: 'order_1',
      occurredAt: 1,
    });
    const decision = decide(after(paymentWith(), action), failed);
    expect(decision).toMatchObject({
      outcome: 'PROCESSED',
      reason: 'OLDER_THAN_LAST',
      changes: { transaction: { transaction: { type: 'PAYMENT', status: 'FAILED', failure } } },
      event: { type: 'transaction_recorded', status: 'REQUIRES_ACTION' },
    });
  });
});

test('a webhook takes the strongest outcome of its facts', () => {
  expect(strongestOutcome([])).toBe('IGNORED');
  expect(strongestOutcome(['IGNORED', 'STALE'])).toBe('STALE');
  expect(strongestOutcome(['STALE', 'PROCESSED'])).toBe('PROCESSED');
});
