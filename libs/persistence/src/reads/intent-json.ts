import type { StoredIntent } from './stored-intent.js';

/** A payment intent in the APIs' representation: camelCase, money in minor units of `currency`, times in ISO 8601. */
export function intentJson(intent: StoredIntent): object {
  return {
    intentId: intent.intentId,
    orderId: intent.orderId,
    customerId: intent.customerId,
    gatewayProvider: intent.gatewayProvider,
    attempt: intent.attempt,
    amount: Number(intent.amount),
    currency: intent.currency,
    captureMethod: intent.captureMethod,
    confirm: intent.confirmRequested,
    paymentMethodToken: intent.paymentMethodToken,
    fallbacks: intent.fallbacks,
    returnUrl: intent.returnUrl,
    metadata: intent.metadata,
    status: intent.status,
    version: intent.version,
    amountCaptured: Number(intent.amountCaptured),
    amountRefunded: Number(intent.amountRefunded),
    gatewayIntentId: intent.gatewayIntentId,
    currentGatewayProvider: intent.currentGatewayProvider,
    nextAction: intent.nextAction,
    lastError: intent.lastError,
    createdAt: intent.createdAt,
    updatedAt: intent.updatedAt,
    expiresAt: intent.expiresAt,
  };
}
