import { randomUUID } from 'node:crypto';
import type { Command, CreateCommand } from '../commands/command.js';
import type { CommandedPayment } from '../commands/gateway-request.js';
import type { Circumstances } from '../commands/plan.js';
import { asCommandId, asIntentRowId, intentIdOf, uuidv7 } from '../ids.js';
import type { Payment } from '../payment.js';
import { PRICE } from './payments.js';

export const NOW = 1_764_000_000_000;

export const CIRCUMSTANCES: Circumstances = {
  now: NOW,
  rowId: asIntentRowId(uuidv7(NOW)),
  orderHasAnother: false,
};

let count = 0;

/** As many ids as are asked for, each another one. */
export function nextCommandId() {
  count += 1;
  return asCommandId(`00000000-0000-4000-8000-${String(count).padStart(12, '0')}`);
}

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** A creation of 19.99 USD at Stripe for an order of its own. */
export function createCommand(said: Partial<CreateCommand> = {}): CreateCommand {
  const { orderId = `order-${randomUUID()}`, provider = 'stripe', attempt = 1 } = said;
  return {
    type: 'create',
    commandId: asCommandId(randomUUID()),
    notAfter: null,
    intentId: intentIdOf(orderId, provider, attempt),
    orderId,
    customerId: 'cust-7',
    provider,
    attempt,
    amount: PRICE,
    captureMethod: 'automatic',
    confirm: false,
    paymentMethodToken: null,
    fallbacks: [],
    allowAnother: false,
    returnUrl: null,
    metadata: {},
    expiresAt: null,
    ...said,
  };
}

const DEFAULTS = {
  confirm: {
    paymentMethodToken: 'pm_card_visa',
    gatewayPaymentId: null,
    gatewaySignature: null,
    returnUrl: null,
  },
  capture: { amount: null },
  cancel: { reason: null },
  refund: { amount: null, reason: null },
  expire: {},
} as const satisfies {
  [Type in Exclude<Command['type'], 'create'>]: Omit<
    CommandOf<Type>,
    'type' | 'commandId' | 'intentId' | 'notAfter'
  >;
};

/** A command on an intent that exists, with what a test does not speak of filled in. */
export function commandOn<Type extends keyof typeof DEFAULTS>(
  { intentId }: Pick<Command, 'intentId'>,
  type: Type,
  said: Partial<CommandOf<Type>> = {},
): CommandOf<Type> {
  const origin = { type, commandId: asCommandId(randomUUID()), intentId, notAfter: null };
  return { ...origin, ...DEFAULTS[type], ...said } as unknown as CommandOf<Type>;
}

/** A command on the payment of `paymentWith`. */
export function command<Type extends Command['type']>(
  type: Type,
  said: Partial<CommandOf<Type>> = {},
): CommandOf<Type> {
  const create = createCommand({ orderId: 'order-42' });
  const other = type === 'create' ? create : commandOn(create, type);
  return { ...other, commandId: nextCommandId(), ...said } as CommandOf<Type>;
}

/** A payment of which nothing is asked. */
export function asked(payment: Payment, requests: CommandedPayment['requests'] = []): CommandedPayment {
  return { ...payment, requests };
}
