import { describe, expect, test } from '@jest/globals';
import { AMOUNT_MINOR_MAX, amountStep, CURRENCIES, currencyExponent, money } from '@payments/domain';
import fc from 'fast-check';
import { moneyOfGatewayDecimal, moneyOfInteger } from '../amounts.js';
import { PAYPAL_EXPONENTS } from '../paypal/facts.js';
import { RAZORPAY_EXPONENTS } from '../razorpay/facts.js';
import { STRIPE_EXPONENTS } from '../stripe/facts.js';
import { GatewayError } from './gateway-error.js';
import { decimalSent, integerSent } from './sent-amounts.js';

describe('integers, for Stripe', () => {
  test.each([
    [1999n, 'USD', 1999],
    [295n, 'JPY', 295],
    [5120n, 'KWD', 5120],
    [5n, 'ISK', 500],
    [5n, 'UGX', 500],
    [50_000n, 'MGA', 500],
    [1045n, 'HUF', 1045],
  ])('%i minor units of %s are %i', (amountMinor, currency, sent) => {
    expect(integerSent(money(amountMinor, currency), STRIPE_EXPONENTS)).toBe(sent);
  });
});

describe('decimals, for PayPal', () => {
  test.each([
    [1999n, 'USD', '19.99'],
    [295n, 'JPY', '295'],
    [104_500n, 'HUF', '1045'],
  ])('%i minor units of %s are %s', (amountMinor, currency, sent) => {
    expect(decimalSent(money(amountMinor, currency), PAYPAL_EXPONENTS)).toBe(sent);
  });

  test('an amount with more decimals than the gateway uses is refused', () => {
    expect(() => decimalSent(money(104_550n, 'HUF'), PAYPAL_EXPONENTS)).toThrow(GatewayError);
  });
});

test.each([
  ['stripe', STRIPE_EXPONENTS],
  ['paypal', PAYPAL_EXPONENTS],
  ['razorpay', RAZORPAY_EXPONENTS],
] as const)('what %s counts in fewer decimals is refused before it is sent', (provider, exponents) => {
  for (const currency of CURRENCIES) {
    const theirs = exponents[currency] ?? currencyExponent(currency);
    const dropped = Math.max(0, currencyExponent(currency) - theirs);
    expect([currency, amountStep(provider, currency) % 10n ** BigInt(dropped)]).toEqual([currency, 0n]);
  }
});

const amounts = fc.record({
  amountMinor: fc.bigInt({ min: 1n, max: AMOUNT_MINOR_MAX / 100n }),
  currency: fc.constantFrom('USD', 'JPY', 'KWD', 'ISK', 'UGX', 'MGA', 'HUF', 'TWD'),
});

test('an amount is read back unchanged, or not sent', () => {
  fc.assert(
    fc.property(amounts, (amount) => {
      try {
        const integer = integerSent(amount, STRIPE_EXPONENTS);
        const read = moneyOfInteger({ name: 'amount', value: integer }, amount.currency, STRIPE_EXPONENTS);
        expect(read).toEqual(amount);
        const decimal = decimalSent(amount, PAYPAL_EXPONENTS);
        const field = { name: 'amount', value: decimal };
        expect(moneyOfGatewayDecimal(field, amount.currency, PAYPAL_EXPONENTS)).toEqual(amount);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        expect(error).toMatchObject({
          type: 'INVALID_REQUEST',
          failure: { code: 'amount_not_representable' },
        });
      }
    }),
  );
});
