import { currencyExponent } from './currency.js';
import type { GatewayProvider } from './gateway-provider.js';

const UNCLEAR_FROM_EXPONENT = 3;

/**
 * Why no payment is created in a currency at a gateway, whatever its amount; null if it may be. Razorpay's documents
 * disagree on the sub-units of currencies with three decimals, so an amount might be charged tenfold. What was paid
 * there is read and refunded all the same.
 * Source: https://razorpay.com/docs/payments/orders/apis/
 *
 * @throws UnknownCurrencyError
 */
export function reasonCurrencyNotTaken(provider: GatewayProvider, currency: string): string | null {
  if (provider !== 'razorpay' || currencyExponent(currency) < UNCLEAR_FROM_EXPONENT) return null;
  return `razorpay takes no ${currency} here, since its documents disagree on currencies with three decimals`;
}
