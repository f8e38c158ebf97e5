import type { CreateCommand, GatewayProvider } from '@payments/domain';
import { createCommand } from '@payments/domain/testing';

const CURRENCIES: Readonly<Record<GatewayProvider, string>> = {
  stripe: 'USD',
  paypal: 'EUR',
  razorpay: 'INR',
};

/**
 * A creation of 19.99 for an order of its own, to be confirmed at once, with a valid card where the gateway takes a
 * token.
 */
export function aCreation(provider: GatewayProvider, said: Partial<CreateCommand> = {}): CreateCommand {
  return createCommand({
    provider,
    amount: { amountMinor: 1999n, currency: CURRENCIES[provider] },
    confirm: true,
    paymentMethodToken: provider === 'stripe' ? 'pm_card_visa' : null,
    returnUrl: 'https://shop.example/return',
    ...said,
  });
}
