import { createHash, randomUUID } from 'node:crypto';
import {
  asCommandId,
  type CaptureCommand,
  type Command,
  type ConfirmCommand,
  type CreateCommand,
  type GatewayProvider,
  type IntentId,
  intentIdOf,
  type RefundCommand,
} from '@payments/domain';
import type { CommandEntry } from '@payments/persistence';

const CURRENCIES: Readonly<Record<GatewayProvider, string>> = {
  stripe: 'USD',
  paypal: 'EUR',
  razorpay: 'INR',
};

/** A creation of 19.99 for an order of its own, to be confirmed at once with a good card where it takes one. */
export function aCreation(provider: GatewayProvider, said: Partial<CreateCommand> = {}): CreateCommand {
  const orderId = said.orderId ?? `order-${randomUUID()}`;
  return {
    type: 'create',
    commandId: asCommandId(randomUUID()),
    intentId: intentIdOf(orderId, provider),
    orderId,
    customerId: 'cust-7',
    provider,
    attempt: 1,
    notAfter: null,
    expiresAt: null,
    amount: { amountMinor: 1999n, currency: CURRENCIES[provider] },
    captureMethod: 'automatic',
    confirm: true,
    paymentMethodToken: provider === 'stripe' ? 'pm_card_visa' : null,
    fallbacks: [],
    allowAnother: false,
    returnUrl: 'https://shop.example/return',
    metadata: {},
    ...said,
  };
}

/** What a command says of itself. */
function origin(intentId: IntentId) {
  return { commandId: asCommandId(randomUUID()), intentId, notAfter: null };
}

export function aConfirmation(intentId: IntentId, said: Partial<ConfirmCommand> = {}): ConfirmCommand {
  return {
    ...origin(intentId),
    type: 'confirm',
    paymentMethodToken: null,
    gatewayPaymentId: null,
    gatewaySignature: null,
    returnUrl: null,
    ...said,
  };
}

export function aCapture(intentId: IntentId, said: Partial<CaptureCommand> = {}): CaptureCommand {
  return { ...origin(intentId), type: 'capture', amount: null, ...said };
}

export function aRefund(intentId: IntentId, amount: bigint | null = null): RefundCommand {
  return { ...origin(intentId), type: 'refund', amount, reason: null };
}

export function aCancellation(intentId: IntentId): Command {
  return { ...origin(intentId), type: 'cancel', reason: null };
}

/** As it comes from the topic. */
export function entryOf(content: Command): CommandEntry {
  const { commandId, type, intentId } = content;
  return {
    commandId,
    type,
    intentId,
    sender: 'test',
    receivedAt: Date.now(),
    content,
    requestHash: createHash('sha256').update(commandId).digest(),
  };
}
