import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CURRENCIES, currencyExponent, isCurrency, UnknownCurrencyError } from './currency.js';
import {
  AMOUNT_MINOR_MAX,
  decimalOf,
  decimalOfMoney,
  InvalidAmountError,
  minorUnitsOf,
  money,
} from './money.js';

const exponents = fc.integer({ min: 0, max: 4 });

describe('decimals', () => {
  test.each([
    ['19.99', 2, 1999n],
    ['0.01', 2, 1n],
    ['19.9', 2, 1990n],
    ['19', 2, 1900n],
    ['295', 0, 295n],
    ['295.00', 0, 295n],
    ['1.234', 3, 1234n],
    ['10.500', 2, 1050n],
    ['007.10', 2, 710n],
    ['-0.03', 2, -3n],
    ['90071992547409.90', 2, AMOUNT_MINOR_MAX],
  ])('%s with %i decimals is %s', (decimal, exponent, expected) => {
    expect(minorUnitsOf(decimal, exponent)).toBe(expected);
  });

  test.each([
    '',
    '.',
    '1.',
    '.5',
    '+1',
    ' 1',
    '1 ',
    '1e3',
    '1,000',
    '0x10',
    'NaN',
    '--1',
    '١',
    `${'1'.repeat(33)}`,
  ])('%j is no decimal', (decimal) => {
    expect(() => minorUnitsOf(decimal, 2)).toThrow(InvalidAmountError);
  });

  test.each([
    ['19.999', 2],
    ['295.5', 0],
    ['0.0001', 3],
  ])('%s has more than %i decimals', (decimal, exponent) => {
    expect(() => minorUnitsOf(decimal, exponent)).toThrow(InvalidAmountError);
  });

  test.each([-1, 5, 1.5, Number.NaN])('an exponent of %d is refused', (exponent) => {
    expect(() => minorUnitsOf('1', exponent)).toThrow(InvalidAmountError);
    expect(() => decimalOf(1n, exponent)).toThrow(InvalidAmountError);
  });

  test('any amount survives being written and read', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -AMOUNT_MINOR_MAX, max: AMOUNT_MINOR_MAX }),
        exponents,
        (amount, exponent) => {
          expect(minorUnitsOf(decimalOf(amount, exponent), exponent)).toBe(amount);
        },
      ),
    );
  });

  test('a digit that is lost would be an error: reading is exact or fails', () => {
    const digits = fc.stringMatching(/^\d{1,12}$/);
    fc.assert(
      fc.property(digits, digits, exponents, (whole, fraction, exponent) => {
        const kept = fraction.slice(0, exponent).padEnd(exponent, '0');
        const isExact = /^0*$/.test(fraction.slice(exponent));
        const read = () => minorUnitsOf(`${whole}.${fraction}`, exponent);
        if (isExact) expect(read()).toBe(BigInt(whole + kept));
        else expect(read).toThrow(InvalidAmountError);
      }),
    );
  });

  test('no string makes anything but an amount or an InvalidAmountError', () => {
    fc.assert(
      fc.property(fc.string(), exponents, (text, exponent) => {
        try {
          expect(typeof minorUnitsOf(text, exponent)).toBe('bigint');
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidAmountError);
        }
      }),
    );
  });
});

describe('money', () => {
  test('is written with the decimals of its currency', () => {
    expect(decimalOfMoney(money(1999n, 'USD'))).toBe('19.99');
    expect(decimalOfMoney(money(295n, 'JPY'))).toBe('295');
    expect(decimalOfMoney(money(5n, 'KWD'))).toBe('0.005');
  });

  test('is neither negative nor more than Avro and JSON carry exactly', () => {
    expect(() => money(-1n, 'USD')).toThrow(InvalidAmountError);
    expect(() => money(AMOUNT_MINOR_MAX + 1n, 'USD')).toThrow(InvalidAmountError);
  });
});

describe('currencies', () => {
  // ISO 4217 list one; HUF and IQD are among those that the runtime's own table (CLDR) gives other decimals.
  test.each([
    ['USD', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['KWD', 3],
    ['IQD', 3],
    ['HUF', 2],
    ['CLF', 4],
    ['MGA', 2],
    ['MRU', 2],
    ['XCG', 2],
  ])('%s has %i decimals', (currency, exponent) => {
    expect(currencyExponent(currency)).toBe(exponent);
  });

  test.each(['usd', 'US', 'XXX', 'XAU', '', 'toString', undefined, 840])('%j is none', (value) => {
    expect(isCurrency(value)).toBe(false);
    expect(() => money(1n, String(value))).toThrow(UnknownCurrencyError);
  });

  test('each is three capitals with 0 to 4 decimals', () => {
    expect(CURRENCIES.length).toBeGreaterThan(150);
    for (const currency of CURRENCIES) {
      expect(currency).toMatch(/^[A-Z]{3}$/);
      expect(currencyExponent(currency)).toBeGreaterThanOrEqual(0);
      expect(currencyExponent(currency)).toBeLessThanOrEqual(4);
    }
  });
});
