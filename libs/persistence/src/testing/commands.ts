import { createHash, randomUUID } from 'node:crypto';
import { asCommandId, type Command, type CreateCommand, intentIdOf } from '@payments/domain';
import type { CommandEntry } from '../index.js';

/** A creation of 19.99 USD at Stripe for an order of its own. */
export function createCommand(over: Partial<CreateCommand> = {}): CreateCommand {
  const { orderId = `order-${randomUUID()}`, provider = 'stripe', attempt = 1 } = over;
  return {
    type: 'create',
    commandId: asCommandId(randomUUID()),
    notAfter: null,
    intentId: intentIdOf(orderId, provider, attempt),
    orderId,
    customerId: 'cust-7',
    provider,
    attempt,
    captureMethod: 'automatic',
    confirm: false,
    amount: { amountMinor: 1999n, currency: 'USD' },
    paymentMethodToken: null,
    fallbacks: [],
    allowAnother: false,
    returnUrl: null,
    metadata: {},
    expiresAt: null,
    ...over,
  };
}

const DEFAULTS = {
  confirm: { paymentMethodToken: 'pm_1', gatewayPaymentId: null, gatewaySignature: null, returnUrl: null },
  capture: { amount: null },
  cancel: { reason: null },
  refund: { amount: null, reason: null },
  expire: {},
} as const;

/** A command on an intent. */
export function commandOn<Type extends keyof typeof DEFAULTS>(
  { intentId }: Pick<Command, 'intentId'>,
  type: Type,
  over: Partial<Extract<Command, { type: Type }>> = {},
): Command {
  const origin = { type, commandId: asCommandId(randomUUID()), intentId, notAfter: null };
  return { ...origin, ...DEFAULTS[type], ...over } as unknown as Command;
}

/** As a worker that read it hands it on. */
export function entryOf(command: Command): CommandEntry {
  const { commandId, type, intentId } = command;
  const wanted = JSON.stringify(command, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return {
    commandId,
    type,
    intentId,
    sender: 'test',
    content: command,
    receivedAt: Date.now(),
    requestHash: createHash('sha256').update(wanted).digest(),
  };
}
