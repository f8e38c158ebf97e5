import { InvalidAmountError, isCurrency, minorUnitsOf } from '@payments/domain';
import type { JsonFields } from '../api/json-fields.js';
import { gatewayCoin, gatewayExponent } from '../gateway-amounts.js';
import { unprocessable } from './errors.js';

const AMOUNT_MAX = 999_999_999_999n;

/**
 * `{ currency_code, value }` in ISO 4217 minor units.
 * @param currency the only one that fits here
 * @throws Refusal
 */
export function readAmount(
  fields: JsonFields,
  pointer: string,
  currency?: string,
): { readonly amount: number; readonly currency: string } {
  const code = fields.requiredText('currency_code', { max: 3 });
  const value = fields.requiredText('value', { max: 32 });
  if (!isCurrency(code))
    throw unprocessable('CURRENCY_NOT_SUPPORTED', 'Currency code is not supported.', pointer);
  if (currency !== undefined && code !== currency) {
    const description = 'The currency must be the same as of what it is taken from.';
    throw unprocessable('CURRENCY_MISMATCH', description, `${pointer}/currency_code`);
  }
  if (!/^\d+(\.\d+)?$/.test(value)) throw fields.problem('value', 'invalid', 'value is a decimal');
  const units = unitsOf(value, code, `${pointer}/value`);
  if (units <= 0n) {
    throw unprocessable('CANNOT_BE_ZERO_OR_NEGATIVE', 'Must be greater than zero.', `${pointer}/value`);
  }
  if (units > AMOUNT_MAX)
    throw unprocessable('MAX_VALUE_EXCEEDED', 'The amount is too large.', `${pointer}/value`);
  return { amount: Number(units) * gatewayCoin('paypal', code), currency: code };
}

function unitsOf(value: string, currency: string, pointer: string): bigint {
  const exponent = gatewayExponent('paypal', currency);
  const tooMany = (value.split('.')[1] ?? '').length > exponent;
  try {
    if (!tooMany) return minorUnitsOf(value, exponent);
  } catch (error) {
    if (!(error instanceof InvalidAmountError)) throw error;
  }
  const description = `The currency takes at most ${exponent} decimals.`;
  throw unprocessable('DECIMAL_PRECISION', description, pointer);
}
