import { describe, expect, test } from '@jest/globals';
import { decideAll } from '../decide-all.js';
import { asked, command, NOW } from '../testing/commands.js';
import { accepted, codeOf, decideOn, held, paid } from '../testing/decided.js';
import { fact, PRICE, paymentWith, usd } from '../testing/payments.js';

describe('a confirmation', () => {
  test('hands on what only the gateway needs', () => {
    const confirm = command('confirm', { paymentMethodToken: 'pm_card_visa' });
    expect(accepted(asked(paymentWith()), confirm).calls).toEqual([
      {
        operation: 'confirm',
        provider: 'stripe',
        leg: 1,
        amount: 1999n,
        details: { paymentMethodToken: 'pm_card_visa' },
      },
    ]);
  });

  test('is rejected while another one is under way', () => {
    const { payment } = accepted(asked(paymentWith()), command('confirm'));
    expect(codeOf(payment, command('confirm'))).toBe('NOT_ALLOWED_IN_STATUS');
    const create = command('create', { confirm: true, paymentMethodToken: 'pm_card_visa' });
    const created = accepted(undefined, create).payment;
    expect(codeOf(created, command('confirm'))).toBe('NOT_ALLOWED_IN_STATUS');
  });

  test("at Razorpay brings the checkout's payment and signature", () => {
    const payment = asked(paymentWith({}, ['razorpay']));
    expect(codeOf(payment, command('confirm'))).toBe('INVALID_COMMAND');
    const both = { gatewayPaymentId: 'pay_1', gatewaySignature: 'aa', paymentMethodToken: null };
    expect(accepted(payment, command('confirm', both)).calls[0]?.details).toEqual({
      gatewayPaymentId: 'pay_1',
      gatewaySignature: 'aa',
    });
  });

  describe('without a token', () => {
    const confirm = command('confirm', { paymentMethodToken: null });

    test.each(['CREATED', 'REQUIRES_PAYMENT_METHOD'] as const)(
      'is rejected at Stripe where the leg has none and the intent is %s',
      (status) => {
        expect(decideOn(asked(paymentWith({ status })), confirm)).toMatchObject({
          rejection: {
            code: 'INVALID_COMMAND',
            detail: expect.stringContaining('confirm.paymentMethodToken is missing'),
          },
        });
        const withToken = paymentWith({ status });
        const legs = withToken.legs.map((leg) => ({ ...leg, hasToken: true }));
        expect(codeOf(asked({ ...withToken, legs }), confirm)).toBe('DONE');
      },
    );

    test.each(['REQUIRES_CONFIRMATION', 'REQUIRES_ACTION'] as const)(
      'is taken where Stripe has the means of payment: %s',
      (status) => {
        expect(codeOf(asked(paymentWith({ status })), confirm)).toBe('DONE');
      },
    );

    test('is taken at PayPal, whose customer approves', () => {
      expect(codeOf(asked(paymentWith({}, ['paypal'])), confirm)).toBe('DONE');
    });

    test('is judged by the leg that is current', () => {
      const { intent, legs } = paymentWith({ currentLeg: 2 }, ['paypal', 'stripe']);
      const [first, second] = legs.map((leg) => ({ ...leg, hasToken: true }));
      if (first === undefined || second === undefined) throw new Error('two legs are wanted');
      const payment = { intent, transactions: new Map() };
      expect(codeOf(asked({ ...payment, legs: [{ ...first, hasToken: false }, second] }), confirm)).toBe(
        'DONE',
      );
      expect(codeOf(asked({ ...payment, legs: [first, { ...second, hasToken: false }] }), confirm)).toBe(
        'INVALID_COMMAND',
      );
    });

    test.each([
      ['pm_card_visa', 'DONE'],
      [null, 'INVALID_COMMAND'],
    ])('in one batch with the creation counts the token of that one: %s', (paymentMethodToken, code) => {
      const { payment } = accepted(undefined, command('create', { paymentMethodToken }));
      expect(codeOf(payment, confirm)).toBe(code);
    });
  });
});

describe('a capture', () => {
  test('takes all that is held, or a part', () => {
    expect(accepted(held(), command('capture')).calls[0]?.amount).toBe(1999n);
    expect(accepted(held(), command('capture', { amount: 500n })).calls[0]?.amount).toBe(500n);
  });

  test('of more than is held, or of nothing, is rejected', () => {
    expect(codeOf(held(), command('capture', { amount: 2000n }))).toBe('AMOUNT_EXCEEDS_AUTHORIZED');
    expect(codeOf(held(), command('capture', { amount: 0n }))).toBe('INVALID_AMOUNT');
    expect(codeOf(asked(paymentWith({ status: 'REQUIRES_CAPTURE' })), command('capture'))).toBe(
      'AMOUNT_EXCEEDS_AUTHORIZED',
    );
  });

  test('happens once: a second one, a cancellation and an expiry come too late', () => {
    const { payment } = accepted(held({ expiresAt: NOW }), command('capture', { amount: 500n }));
    for (const type of ['capture', 'cancel', 'expire'] as const) {
      expect(codeOf(payment, command(type))).toBe('ALREADY_CAPTURED');
    }
  });

  test('at Razorpay is of all that is held', () => {
    const payment = held({}, ['razorpay']);
    expect(codeOf(payment, command('capture', { amount: 1998n }))).toBe('PARTIAL_CAPTURE_UNSUPPORTED');
    expect(codeOf(payment, command('capture', { amount: 1999n }))).toBe('DONE');
    expect(codeOf(payment, command('capture'))).toBe('DONE');
  });
});

describe('in a currency that Stripe takes in tens of its minor unit', () => {
  const amount = { amountMinor: 5120n, currency: 'KWD' };
  const intent = { amount: 5120n, currency: 'KWD' };

  test('a capture and a refund are of such an amount', () => {
    const manual = paymentWith({ ...intent, captureMethod: 'manual' });
    const held = asked(decideAll(manual, [fact({ kind: 'authorized', amount })]).payment);
    const paid = asked(decideAll(paymentWith(intent), [fact({ kind: 'captured', amount })]).payment);
    for (const [payment, type] of [
      [held, 'capture'],
      [paid, 'refund'],
    ] as const) {
      expect(decideOn(payment, command(type, { amount: 1234n }))).toMatchObject({
        rejection: { code: 'INVALID_AMOUNT', detail: expect.stringContaining(`${type}.amount`) },
      });
      expect(codeOf(payment, command(type, { amount: 1230n }))).toBe('DONE');
      expect(codeOf(payment, command(type))).toBe('DONE');
    }
  });
});

describe('a refund', () => {
  test('keeps its amount until its gateway has answered', () => {
    const first = accepted(paid(), command('refund', { amount: 1500n, reason: 'broken' }));
    expect(first.calls).toEqual([
      { operation: 'refund', provider: 'stripe', leg: 1, amount: 1500n, details: { reason: 'broken' } },
    ]);
    expect(codeOf(first.payment, command('refund', { amount: 500n }))).toBe('AMOUNT_EXCEEDS_CAPTURED');
    const rest = accepted(first.payment, command('refund'));
    expect(rest.calls[0]?.amount).toBe(499n);
    expect(codeOf(rest.payment, command('refund'))).toBe('AMOUNT_EXCEEDS_CAPTURED');
    const answered = asked(rest.payment, rest.payment.requests.slice(1));
    expect(codeOf(answered, command('refund', { amount: 1500n }))).toBe('DONE');
  });

  test('counts refunds under way and done', () => {
    const refund = { kind: 'refund', parentId: 'pi_1' } as const;
    const { payment } = decideAll(paid(), [
      fact({ ...refund, objectId: 're_1', state: 'pending', amount: usd(1000) }),
      fact({ ...refund, objectId: 're_2', state: 'succeeded', amount: usd(900) }),
    ]);
    expect(codeOf(asked(payment), command('refund', { amount: 100n }))).toBe('AMOUNT_EXCEEDS_CAPTURED');
    expect(codeOf(asked(payment), command('refund', { amount: 99n }))).toBe('DONE');
  });

  test('of a payment that was captured twice takes from the current leg first, then from the other', () => {
    const { payment } = decideAll(paymentWith({}, ['stripe', 'paypal']), [
      fact({ kind: 'captured', amount: PRICE }),
      fact({ kind: 'captured', amount: PRICE, leg: 2, provider: 'paypal', objectId: 'CAP' }),
    ]);
    const { calls } = accepted(asked(payment), command('refund', { amount: 2500n }));
    expect(calls.map(({ provider, leg, amount }) => [provider, leg, amount])).toEqual([
      ['stripe', 1, 1999n],
      ['paypal', 2, 501n],
    ]);
  });

  test('of nothing is rejected', () => {
    expect(codeOf(paid(), command('refund', { amount: 0n }))).toBe('INVALID_AMOUNT');
  });
});
