import { currencyExponent } from './currency.js';

/** An amount in minor units of its ISO 4217 currency: 1999 USD cents, 295 JPY. Never negative. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * The largest amount, of one movement and of all in all: 2^53 - 2, the last number that avsc writes as a `long`.
 * Beyond it neither Avro nor JSON can be trusted with exact numbers in JavaScript.
 */
export const AMOUNT_MINOR_MAX = 2n ** 53n - 2n;

/** Longer decimals are no amounts, and `BigInt()` takes quadratic time on them. */
const DECIMAL_LENGTH_MAX = 32;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const EXPONENT_MAX = 4;

/** An amount that is no amount, or not exactly one in this currency. */
export class InvalidAmountError extends Error {
  override readonly name = 'InvalidAmountError';
}

/**
 * @throws UnknownCurrencyError
 * @throws InvalidAmountError if negative or more than `AMOUNT_MINOR_MAX`
 */
export function money(amountMinor: bigint, currency: string): Money {
  currencyExponent(currency);
  requirePossibleAmount('an amount', amountMinor);
  return { amountMinor, currency };
}

/** @throws InvalidAmountError, with the name, if negative or more than `AMOUNT_MINOR_MAX` */
export function requirePossibleAmount(name: string, amountMinor: bigint): void {
  if (amountMinor >= 0n && amountMinor <= AMOUNT_MINOR_MAX) return;
  throw new InvalidAmountError(`${name} lies between 0 and ${AMOUNT_MINOR_MAX} minor units: ${amountMinor}`);
}

/** Money as a decimal string with the currency's ISO 4217 decimals: `'19.99'`, `'295'`. */
export function decimalOfMoney({ amountMinor, currency }: Money): string {
  return decimalOf(amountMinor, currencyExponent(currency));
}

/**
 * Minor units of a decimal string: `minorUnitsOf('19.99', 2)` is 1999n. Exact or an error: digits past the
 * exponent must be zeros. A leading minus is taken (PayPal's v1 writes reversals so); a plus, blanks, an
 * exponent notation or a bare point are not.
 *
 * @param exponent decimals that the gateway gives this currency, 0 to 4
 * @throws InvalidAmountError
 */
export function minorUnitsOf(decimal: string, exponent: number): bigint {
  requireExponent(exponent);
  const parts = decimal.length <= DECIMAL_LENGTH_MAX ? DECIMAL.exec(decimal) : null;
  if (parts === null) throw new InvalidAmountError(`not a decimal: ${quoted(decimal)}`);
  const [, sign = '', whole = '', fraction = ''] = parts;
  if (/[1-9]/.test(fraction.slice(exponent))) {
    throw new InvalidAmountError(`${quoted(decimal)} has more than ${exponent} decimals`);
  }
  const amount = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  return sign === '-' ? -amount : amount;
}

/** The decimal string of minor units: `decimalOf(1999n, 2)` is `'19.99'`, `decimalOf(295n, 0)` is `'295'`. */
export function decimalOf(amountMinor: bigint, exponent: number): string {
  requireExponent(exponent);
  const sign = amountMinor < 0n ? '-' : '';
  const digits = String(amountMinor < 0n ? -amountMinor : amountMinor).padStart(exponent + 1, '0');
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

function requireExponent(exponent: number): void {
  if (Number.isInteger(exponent) && exponent >= 0 && exponent <= EXPONENT_MAX) return;
  throw new InvalidAmountError(`a currency has 0 to ${EXPONENT_MAX} decimals, not ${exponent}`);
}

function quoted(decimal: string): string {
  return JSON.stringify(decimal.slice(0, DECIMAL_LENGTH_MAX));
}
