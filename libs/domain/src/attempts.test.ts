import { describe, expect, test } from '@jest/globals';
import { decide } from './decide.js';
import { decideAll, PaymentFold } from './decide-all.js';
import type { FactOnLeg } from './facts.js';
import type { GatewayProvider } from './gateway-provider.js';
import type { Payment } from './payment.js';
import { fact, PRICE, paymentWith, usd } from './testing/payments.js';

const failure = { code: 'declined', message: null };

/** A payment whose leg was opened for `object`. */
function openedFor(
  object: string,
  provider: GatewayProvider,
  intent: Partial<Payment['intent']> = {},
): Payment {
  const payment = paymentWith(intent, [provider]);
  return { ...payment, legs: payment.legs.map((leg) => ({ ...leg, gatewayObjectId: object })) };
}

/** What an attempt says at a second; inside the order of its leg unless another is named. */
function attemptAt(provider: GatewayProvider, objectId: string, second: number, parentId = 'order') {
  const said = { provider, objectId, parentId, occurredAt: second * 1000 };
  const payment = { objectId, amount: PRICE };
  return {
    pending: fact({ ...said, kind: 'processing', payment }),
    pendingHold: fact({ ...said, kind: 'processing', payment: { ...payment, type: 'AUTHORIZATION' } }),
    held: fact({ ...said, kind: 'authorized', amount: PRICE }),
    declined: fact({ ...said, kind: 'failed', retryable: true, failure, payment }),
    denied: fact({ ...said, kind: 'failed', retryable: false, failure, payment }),
    holdDenied: fact({
      ...said,
      kind: 'failed',
      retryable: false,
      failure,
      payment: { ...payment, type: 'AUTHORIZATION' },
    }),
    voided: fact({ ...said, kind: 'voided', amount: PRICE }),
    taken: fact({ ...said, kind: 'captured', amount: PRICE }),
  };
}

function statusAfter(payment: Payment, ...facts: FactOnLeg[]): string {
  return decideAll(payment, facts).payment.intent.status;
}

describe('given an order with several attempts to pay it', () => {
  const order = openedFor('order', 'razorpay');
  const at = (object: string, second: number) => attemptAt('razorpay', object, second);

  test.each([
    ['a hold', at('pay_1', 1).held, 'REQUIRES_CAPTURE'],
    ['a capture in progress', at('pay_1', 1).pending, 'PROCESSING'],
  ])('the late failure of one leaves %s of another alone, in any order', (_what, live, status) => {
    const failed = at('pay_2', 2).declined;
    expect(statusAfter(order, live, failed)).toBe(status);
    expect(statusAfter(order, failed, live)).toBe(status);
    expect(decide(decideAll(order, [live]).payment, failed)).toMatchObject({
      outcome: 'PROCESSED',
      reason: 'OTHER_OBJECT_LIVE',
      event: { type: 'transaction_recorded', status, lastError: null },
      changes: { transaction: { transaction: { objectId: 'pay_2', status: 'FAILED', failure } } },
    });
  });

  test('the failure of the one that the status comes from counts', () => {
    const { intent } = decideAll(order, [at('pay_1', 1).pending, at('pay_1', 2).declined]).payment;
    expect(intent).toMatchObject({ status: 'REQUIRES_PAYMENT_METHOD', lastError: failure });
  });

  test('the newest of those that go on is the status, and when it fails the one before is again', () => {
    const [held, pending, failed] = [at('pay_1', 1).held, at('pay_2', 2).pending, at('pay_2', 3).declined];
    expect(statusAfter(order, held, pending)).toBe('PROCESSING');
    const folded = decideAll(order, [held, pending, failed]);
    expect(folded.payment.intent.status).toBe('REQUIRES_CAPTURE');
    expect(folded.events.at(-1)).toMatchObject({ type: 'failed_retryable', previousStatus: 'PROCESSING' });
    expect(statusAfter(order, failed, pending, held)).toBe('REQUIRES_CAPTURE');
  });

  test('when all have failed the newest failure is the status, though an older one is told last', () => {
    const facts = [at('pay_1', 1).pending, at('pay_2', 2).pending, at('pay_2', 4).declined];
    expect(statusAfter(order, ...facts)).toBe('PROCESSING');
    const { intent } = decideAll(order, [...facts, at('pay_1', 3).declined]).payment;
    expect(intent).toMatchObject({ status: 'REQUIRES_PAYMENT_METHOD', lastError: failure });
  });

  test('one that was authorized after it had failed is held', () => {
    const [failed, held] = [at('pay_1', 1).declined, at('pay_1', 2).held];
    expect(statusAfter(order, failed, held)).toBe('REQUIRES_CAPTURE');
    expect(statusAfter(order, held, failed)).toBe('REQUIRES_CAPTURE');
    expect(statusAfter(order, held, failed, at('pay_1', 3).declined)).toBe('REQUIRES_PAYMENT_METHOD');
  });

  test('a word on one that is past it is stale', () => {
    const { payment } = decideAll(order, [at('pay_1', 3).declined, at('pay_2', 4).held]);
    expect(decide(payment, at('pay_1', 2).pending)).toMatchObject({
      outcome: 'STALE',
      reason: 'OLDER_THAN_LAST',
      changes: {},
    });
  });

  test('told once more, nothing changes', () => {
    const facts = [at('pay_1', 1).held, at('pay_2', 2).pending, at('pay_2', 3).declined];
    const { payment } = decideAll(order, facts);
    expect(decideAll(payment, facts).events).toEqual([]);
  });
});

describe('given an order with holds and captures of its own', () => {
  const order = openedFor('order', 'paypal', { captureMethod: 'manual' });
  const at = (object: string, second: number) => attemptAt('paypal', object, second);

  test('a capture that is denied leaves the money held', () => {
    const facts = [at('AUTH', 1).held, at('CAP', 2).pending, at('CAP', 3).denied];
    const { payment, alerts } = decideAll(order, facts);
    expect(payment.intent).toMatchObject({ status: 'REQUIRES_CAPTURE', amountAuthorized: 1999n });
    expect(alerts).toEqual([]);
  });

  test('voiding one hold leaves the other, voiding both cancels', () => {
    const both = [at('AUTH-1', 1).held, at('AUTH-2', 2).held, at('AUTH-2', 3).voided];
    expect(statusAfter(order, ...both)).toBe('REQUIRES_CAPTURE');
    expect(statusAfter(order, ...both, at('AUTH-1', 4).voided)).toBe('CANCELED');
  });

  test('a hold under way has a row of its own, and its denial ends it alone', () => {
    const [first, second] = [at('AUTH-1', 1).pendingHold, at('AUTH-2', 2).pendingHold];
    const folded = decideAll(order, [first, second, at('AUTH-1', 3).holdDenied]);
    expect(folded.payment.intent.status).toBe('PROCESSING');
    expect(folded.transactions.map(({ transaction: { type, status } }) => [type, status])).toEqual([
      ['AUTHORIZATION', 'FAILED'],
      ['AUTHORIZATION', 'PENDING'],
    ]);
    expect(statusAfter(folded.payment, at('AUTH-2', 4).holdDenied)).toBe('FAILED');
  });

  test('the end of the order counts once nothing of it is held any more', () => {
    const ended = fact({ kind: 'canceled', provider: 'paypal', objectId: 'order', occurredAt: 5000 });
    const held = decideAll(order, [at('AUTH', 1).held, ended]);
    expect(held.payment.intent.status).toBe('REQUIRES_CAPTURE');
    expect(held.decisions.at(-1)).toMatchObject({ outcome: 'PROCESSED', reason: 'OTHER_OBJECT_LIVE' });
    expect(statusAfter(held.payment, at('AUTH', 4).voided)).toBe('CANCELED');
  });

  test('an attempt in another currency pays for nothing', () => {
    const euros = { amountMinor: 1999n, currency: 'EUR' };
    const held = fact({ ...at('AUTH', 1).held, kind: 'authorized', amount: euros });
    const folded = decideAll(order, [held]);
    expect(folded.payment.intent.status).toBe('CREATED');
    expect(folded.alerts.map(({ code }) => code)).toEqual(['CURRENCY_MISMATCH']);
  });
});

describe('given a stray second object that carries our ids', () => {
  const ours = decideAll(openedFor('pi_1', 'stripe'), [
    fact({ kind: 'requires_action', nextAction: null }),
  ]).payment;
  const stray = { objectId: 'pi_2', occurredAt: 200_000 };

  test.each<[string, FactOnLeg]>([
    ['requires_payment_method', fact({ ...stray, kind: 'requires_payment_method' })],
    ['processing', fact({ ...stray, kind: 'processing' })],
    ['failed', fact({ ...stray, kind: 'failed', retryable: true, failure })],
    ['canceled', fact({ ...stray, kind: 'canceled' })],
  ])('its %s does not move the status', (_word, said) => {
    expect(decide(ours, said)).toMatchObject({ outcome: 'STALE', reason: 'OTHER_OBJECT', changes: {} });
  });

  test('its hold is counted and does not move the status; someone has to void it', () => {
    expect(decide(ours, fact({ ...stray, kind: 'authorized', amount: PRICE }))).toMatchObject({
      outcome: 'PROCESSED',
      reason: 'OTHER_OBJECT',
      event: { type: 'transaction_recorded', status: 'REQUIRES_ACTION', amountAuthorized: 1999n },
      alerts: [{ code: 'UNEXPECTED_AUTHORIZATION', objectId: 'pi_2' }],
    });
  });

  test('its capture and refunds count: it is real money', () => {
    const captured = fact({ ...stray, kind: 'captured', amount: PRICE });
    const refunded = { objectId: 're_1', parentId: 'pi_2', amount: usd(500) };
    const folded = decideAll(ours, [captured, fact({ ...refunded, kind: 'refund', state: 'succeeded' })]);
    expect(folded.payment.intent).toMatchObject({
      status: 'SUCCEEDED',
      amountCaptured: 1999n,
      amountRefunded: 500n,
    });
  });

  test('while the leg does not know its own object, every object speaks for it', () => {
    expect(statusAfter(paymentWith(), fact({ ...stray, kind: 'canceled' }))).toBe('CANCELED');
  });

  test('attempts within a second order do not count as live, those that name none do', () => {
    const order = openedFor('order', 'paypal');
    expect(statusAfter(order, attemptAt('paypal', 'CAP', 1, 'other').pending)).toBe('CREATED');
    const nameless = fact({
      kind: 'processing',
      provider: 'paypal',
      objectId: 'CAP',
      parentId: undefined,
      payment: { objectId: 'CAP', amount: PRICE },
    });
    expect(statusAfter(order, nameless)).toBe('PROCESSING');
  });

  test('attempts that came before the leg knew its object are judged by it then', () => {
    const fold = new PaymentFold(paymentWith({}, ['paypal']));
    fold.apply([attemptAt('paypal', 'CAP-1', 2, 'other').pending]);
    fold.openLeg(1, 'order');
    fold.apply([attemptAt('paypal', 'CAP-2', 1).held]);
    expect(fold.result().payment.intent.status).toBe('REQUIRES_CAPTURE');
    expect(fold.result().legs).toMatchObject([{ gatewayObjectId: 'order' }]);
  });
});

describe('given facts that are applied in several goes', () => {
  const captured = fact({ kind: 'captured', amount: PRICE });
  const impossible = fact({ kind: 'refund', state: 'pending', objectId: 're_2', amount: usd(-1) });
  const refunded = fact({ kind: 'refund', state: 'succeeded', objectId: 're_1', amount: usd(500) });

  test('a go with an impossible fact leaves nothing behind', () => {
    const fold = new PaymentFold(paymentWith());
    fold.apply([captured]);
    expect(() =>
      fold.apply([refunded, fact({ ...captured, kind: 'captured', amount: usd(5) }), impossible]),
    ).toThrow('the amount of REFUND re_2 lies between 0 and 9007199254740990 minor units: -1');
    expect(fold.result()).toEqual(decideAll(paymentWith(), [captured]));
  });

  test('a sum that grows too large is refused by name', () => {
    const most = usd(9_007_199_254_740_990n);
    const fold = new PaymentFold(paymentWith());
    fold.apply([fact({ kind: 'captured', amount: most })]);
    expect(() => fold.apply([fact({ kind: 'captured', objectId: 'pi_2', amount: usd(1) })])).toThrow(
      'amountCaptured of the payment lies between 0 and 9007199254740990 minor units',
    );
    expect(fold.result().payment.intent.amountCaptured).toBe(most.amountMinor);
  });
});
