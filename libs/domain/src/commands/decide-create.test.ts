import { describe, expect, test } from '@jest/globals';
import { intentIdOf } from '../ids.js';
import { asked, CIRCUMSTANCES, command, NOW } from '../testing/commands.js';
import { accepted, codeOf, decideOn } from '../testing/decided.js';
import { paymentWith, usd } from '../testing/payments.js';
import { decideCommand } from './decide-command.js';

describe('a creation', () => {
  test('makes version 1, one leg, and one call', () => {
    const create = command('create', { expiresAt: NOW + 1 });
    const decision = accepted(undefined, create);
    expect(decision.creates).toBe(true);
    expect(decision.payment.intent).toMatchObject({
      id: CIRCUMSTANCES.rowId,
      intentId: intentIdOf('order-42', 'stripe'),
      status: 'CREATED',
      version: 1,
      amount: 1999n,
      currency: 'USD',
      expiresAt: NOW + 1,
    });
    expect(decision.event).toMatchObject({
      type: 'created',
      version: 1,
      status: 'CREATED',
      previousStatus: 'CREATED',
      amount: 1999n,
      occurredAt: NOW,
      transaction: null,
      commandId: create.commandId,
    });
    expect(decision.calls).toEqual([
      { operation: 'create', provider: 'stripe', leg: 1, amount: 1999n, details: {} },
    ]);
  });

  test.each([
    ['stripe', 'automatic', ['create', 'confirm']],
    ['stripe', 'manual', ['create', 'confirm']],
    ['paypal', 'automatic', ['create', 'confirm']],
    ['paypal', 'manual', ['create', 'authorize']],
    ['razorpay', 'automatic', ['create']],
  ] as const)(
    'that is to be confirmed, at %s with %s capture, asks for %p',
    (provider, captureMethod, operations) => {
      const intentId = intentIdOf('order-42', provider);
      const paymentMethodToken = provider === 'stripe' ? 'pm_card_visa' : null;
      const create = command('create', {
        provider,
        captureMethod,
        intentId,
        confirm: true,
        paymentMethodToken,
      });
      expect(accepted(undefined, create).calls.map(({ operation }) => operation)).toEqual(operations);
    },
  );

  test.each([
    ['no token', {}, 'create.paymentMethodToken'],
    [
      'a fallback without one',
      {
        provider: 'paypal',
        fallbacks: [
          { gatewayProvider: 'razorpay', paymentMethodToken: null },
          { gatewayProvider: 'stripe', paymentMethodToken: null },
        ],
      },
      'create.fallbacks[1].paymentMethodToken',
    ],
  ] as const)('that is to be confirmed at Stripe with %s is rejected', (_what, given, field) => {
    const intentId = intentIdOf('order-42', 'provider' in given ? given.provider : 'stripe');
    const create = command('create', { ...given, intentId, confirm: true });
    expect(decideOn(undefined, create)).toMatchObject({
      rejection: { code: 'INVALID_COMMAND', detail: expect.stringContaining(`${field} is missing`) },
    });
    expect(codeOf(undefined, { ...create, confirm: false })).toBe('DONE');
  });

  test.each([
    ['its own gateway', ['stripe'], 0],
    ['another one twice', ['paypal', 'razorpay', 'paypal'], 2],
  ] as const)('that falls back on %s is rejected', (_what, providers, index) => {
    const fallbacks = providers.map((gatewayProvider) => ({ gatewayProvider, paymentMethodToken: 'tok' }));
    const detail = `create.fallbacks[${index}].gatewayProvider names a gateway that stands before it already`;
    expect(decideOn(undefined, command('create', { fallbacks }))).toMatchObject({
      rejection: { code: 'INVALID_COMMAND', detail },
    });
  });

  test('in small letters is told how its currency is written', () => {
    const create = command('create', { amount: { amountMinor: 1n, currency: 'usd' } });
    expect(decideOn(undefined, create)).toMatchObject({
      rejection: { detail: expect.stringContaining('write USD') },
    });
  });

  test('of what exists is done already; with another amount or currency it is rejected', () => {
    const payment = asked(paymentWith());
    expect(accepted(payment, command('create'))).toMatchObject({ event: null, calls: [], creates: false });
    expect(codeOf(payment, command('create', { amount: usd(2000) }))).toBe('INTENT_DIFFERS');
    const euros = { amountMinor: 1999n, currency: 'EUR' };
    expect(codeOf(payment, command('create', { amount: euros }))).toBe('INTENT_DIFFERS');
  });

  test('under the id of an intent of another order is not done, though that one costs the same', () => {
    const stranger = command('create', { orderId: 'order-43' });
    expect(codeOf(undefined, stranger)).toBe('INVALID_COMMAND');
    expect(codeOf(asked(paymentWith()), stranger)).toBe('INVALID_COMMAND');
  });

  test('is rejected while its order has another payment, unless it allows that', () => {
    const circumstances = { ...CIRCUMSTANCES, orderHasAnother: true };
    expect(decideCommand(undefined, command('create'), circumstances)).toMatchObject({
      rejection: { code: 'ORDER_HAS_ANOTHER' },
    });
    const another = command('create', { allowAnother: true });
    expect(decideCommand(undefined, another, circumstances).outcome).toBe('DONE');
  });

  test.each([
    ['nothing', usd(0), 'INVALID_AMOUNT'],
    ['less than nothing', usd(-1), 'INVALID_AMOUNT'],
    ['more than 2^53 - 2', usd(2n ** 53n - 1n), 'INVALID_AMOUNT'],
    ['2^53 - 2', usd(2n ** 53n - 2n), 'DONE'],
    ['1', usd(1), 'DONE'],
    ['yen, without decimals', { amountMinor: 1n, currency: 'JPY' }, 'DONE'],
    ['dinars, with three of which the last is 0', { amountMinor: 10n, currency: 'KWD' }, 'DONE'],
    ['dinars, with three', { amountMinor: 11n, currency: 'KWD' }, 'INVALID_AMOUNT'],
    ['an unknown currency', { amountMinor: 1n, currency: 'XXX' }, 'UNSUPPORTED_CURRENCY'],
    ['a currency in small letters', { amountMinor: 1n, currency: 'usd' }, 'UNSUPPORTED_CURRENCY'],
  ])('of %s', (_what, amount, code) => {
    expect(codeOf(undefined, command('create', { amount }))).toBe(code);
  });

  test('of an amount that only a fallback does not take is rejected, naming that one', () => {
    const intentId = intentIdOf('order-42', 'paypal');
    const fallbacks = [{ gatewayProvider: 'stripe', paymentMethodToken: 'pm_1' }] as const;
    const amount = { amountMinor: 5124n, currency: 'KWD' };
    const create = command('create', { provider: 'paypal', intentId, amount });
    expect(codeOf(undefined, create)).toBe('DONE');
    expect(decideOn(undefined, { ...create, fallbacks })).toMatchObject({
      rejection: {
        code: 'INVALID_AMOUNT',
        detail: expect.stringMatching(
          /create.amount.*stripe takes KWD in steps of 10.*create.fallbacks\[0\]/,
        ),
      },
    });
  });

  test('in a currency that only a fallback does not take is rejected, naming that one', () => {
    const amount = { amountMinor: 5120n, currency: 'KWD' };
    const fallbacks = [{ gatewayProvider: 'razorpay', paymentMethodToken: null }] as const;
    expect(codeOf(undefined, command('create', { amount }))).toBe('DONE');
    expect(decideOn(undefined, command('create', { amount, fallbacks }))).toMatchObject({
      rejection: {
        code: 'UNSUPPORTED_CURRENCY',
        detail: expect.stringMatching(/create.currency.*razorpay takes no KWD.*create.fallbacks\[0\]/),
      },
    });
  });

  test("has the intent's own id, and a time to come in which it expires", () => {
    expect(codeOf(undefined, command('create', { intentId: intentIdOf('order-43', 'stripe') }))).toBe(
      'INVALID_COMMAND',
    );
    expect(codeOf(undefined, command('create', { attempt: 2 }))).toBe('INVALID_COMMAND');
    expect(codeOf(undefined, command('create', { expiresAt: NOW }))).toBe('INVALID_COMMAND');
  });
});
