import {
  AMOUNT_MINOR_MAX,
  currencyExponent,
  decimalOf,
  InvalidAmountError,
  isCurrency,
  type Money,
  minorUnitsOf,
  money,
} from '@payments/domain';
import { unreadable } from './webhook-error.js';

/** Decimals of the currencies for which a gateway deviates from ISO 4217, and so from our ledger. */
export type GatewayExponents = Readonly<Partial<Record<string, number>>>;

/** A field that holds an amount. The name is for errors: `amount_received`, `resource.amount.value`. */
export interface AmountField {
  readonly name: string;
  readonly value: unknown;
}

/**
 * Converts a gateway's integer: a positive number of its own sub-units.
 *
 * @throws WebhookError `unreadable`, naming the field
 */
export function moneyOfInteger(field: AmountField, currency: string, exponents: GatewayExponents): Money {
  const { name, value } = field;
  // JSON.parse has already rounded a larger number.
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw unreadable(`${name} is no integer`);
  const exponent = exponents[currency];
  if (exponent === undefined) return possibleMoney(name, BigInt(value), currency);
  return moneyOfGatewayDecimal({ name, value: decimalOf(BigInt(value), exponent) }, currency, exponents);
}

/**
 * Converts a gateway's decimal string, exactly: positive, and with no more decimals than the gateway uses.
 *
 * @throws WebhookError `unreadable`, naming the field
 */
export function moneyOfGatewayDecimal(
  { name, value }: AmountField,
  currency: string,
  exponents: GatewayExponents,
): Money {
  if (typeof value !== 'string') throw unreadable(`${name} is no decimal string`);
  const ours = currencyExponent(currency);
  const theirs = exponents[currency] ?? ours;
  try {
    return possibleMoney(name, minorUnitsOf(decimalOf(minorUnitsOf(value, theirs), theirs), ours), currency);
  } catch (error) {
    if (error instanceof InvalidAmountError) throw unreadable(`${name} is no amount in ${currency}`);
    throw error;
  }
}

function possibleMoney(name: string, amountMinor: bigint, currency: string): Money {
  if (amountMinor <= 0n) throw unreadable(`${name} is not positive`);
  if (amountMinor > AMOUNT_MINOR_MAX)
    throw unreadable(`${name} is more than ${AMOUNT_MINOR_MAX} minor units`);
  return money(amountMinor, currency);
}

/** An ISO 4217 code in capitals. @throws WebhookError `unreadable`, naming the field */
export function requiredCurrency(name: string, value: unknown): string {
  if (!isCurrency(value)) throw unreadable(`${name} is no currency that we know`);
  return value;
}
