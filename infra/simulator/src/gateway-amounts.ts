import { currencyExponent, type GatewayProvider } from '@payments/domain';

/** Decimals of the currencies that a gateway counts otherwise than ISO 4217, after the gateways' documents. */
const EXPONENTS: Readonly<Record<GatewayProvider, Readonly<Partial<Record<string, number>>>>> = {
  stripe: { ISK: 2, UGX: 2, MGA: 0 },
  paypal: { HUF: 0, JPY: 0, TWD: 0 },
  razorpay: {},
};

export function gatewayExponent(provider: GatewayProvider, currency: string): number {
  return EXPONENTS[provider][currency] ?? currencyExponent(currency);
}

/**
 * An amount in the gateway's own sub-units.
 * @param amount ISO 4217 minor units
 * @throws RangeError if the gateway has no coin that small
 */
export function inGatewayUnits(provider: GatewayProvider, amount: number, currency: string): number {
  const units = amount * 10 ** (gatewayExponent(provider, currency) - currencyExponent(currency));
  if (Number.isSafeInteger(units)) return units;
  throw new RangeError(`${provider} cannot say ${amount} minor units of ${currency}`);
}

/** An amount in ISO 4217 minor units. @param units the gateway's own sub-units */
export function inMinorUnits(provider: GatewayProvider, units: number, currency: string): number {
  return units * 10 ** (currencyExponent(currency) - gatewayExponent(provider, currency));
}

/** The smallest amount that the gateway can say, in ISO 4217 minor units: of HUF at PayPal 100. */
export function gatewayCoin(provider: GatewayProvider, currency: string): number {
  return 10 ** Math.max(0, currencyExponent(currency) - gatewayExponent(provider, currency));
}
