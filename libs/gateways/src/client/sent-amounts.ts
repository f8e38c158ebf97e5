import {
  currencyExponent,
  decimalOf,
  decimalOfMoney,
  InvalidAmountError,
  type Money,
  minorUnitsOf,
} from '@payments/domain';
import type { GatewayExponents } from '../amounts.js';
import { GatewayError } from './gateway-error.js';

/** Converts money to the gateway's integer, exactly. @throws GatewayError INVALID_REQUEST if that is impossible */
export function integerSent(amount: Money, exponents: GatewayExponents): number {
  const exponent = exponents[amount.currency];
  return Number(exponent === undefined ? amount.amountMinor : subUnitsOf(amount, exponent));
}

/** As `integerSent`, as a decimal string with the gateway's decimals. @throws GatewayError INVALID_REQUEST */
export function decimalSent(amount: Money, exponents: GatewayExponents): string {
  const exponent = exponents[amount.currency] ?? currencyExponent(amount.currency);
  return decimalOf(subUnitsOf(amount, exponent), exponent);
}

function subUnitsOf(amount: Money, exponent: number): bigint {
  try {
    return minorUnitsOf(decimalOfMoney(amount), exponent);
  } catch (error) {
    if (!(error instanceof InvalidAmountError)) throw error;
    const message = `${decimalOfMoney(amount)} ${amount.currency} has more decimals than the gateway takes`;
    throw new GatewayError({
      type: 'INVALID_REQUEST',
      failure: { code: 'amount_not_representable', message },
      cause: error,
    });
  }
}
