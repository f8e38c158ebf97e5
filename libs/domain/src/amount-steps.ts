import type { GatewayProvider } from './gateway-provider.js';
import type { Money } from './money.js';

/**
 * Minor units that an amount at a gateway has to be a multiple of, where that is more than one. Stripe's partners
 * take three-decimal currencies in tens (https://docs.stripe.com/currencies#three-decimal), and it counts ariary
 * without decimals, as PayPal does forint and new Taiwan dollars.
 */
const AMOUNT_STEPS: Readonly<Record<GatewayProvider, Readonly<Partial<Record<string, bigint>>>>> = {
  stripe: { BHD: 10n, JOD: 10n, KWD: 10n, OMR: 10n, TND: 10n, MGA: 100n },
  paypal: { HUF: 100n, TWD: 100n },
  razorpay: {},
};

/** In minor units of the currency; 1 where every amount is taken. */
export function amountStep(provider: GatewayProvider, currency: string): bigint {
  return AMOUNT_STEPS[provider][currency] ?? 1n;
}

/** Why a gateway does not take an amount, whatever it is for; null if it does. */
export function reasonNotTaken(provider: GatewayProvider, { amountMinor, currency }: Money): string | null {
  const step = amountStep(provider, currency);
  if (amountMinor % step === 0n) return null;
  return `${provider} takes ${currency} in steps of ${step} minor units`;
}
