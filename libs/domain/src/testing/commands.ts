import type { Command } from '../commands/command.js';
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

/** Commands on the payment of `paymentWith`, with what a test does not speak of filled in. */
const DEFAULTS = {
  create: {
    type: 'create',
    orderId: 'order-42',
    customerId: 'cust-7',
    provider: 'stripe',
    attempt: 1,
    amount: PRICE,
    captureMethod: 'automatic',
    confirm: false,
    paymentMethodToken: null,
    fallbacks: [],
    allowAnother: false,
    returnUrl: null,
    metadata: {},
    expiresAt: null,
  },
  confirm: {
    type: 'confirm',
    paymentMethodToken: 'pm_card_visa',
    gatewayPaymentId: null,
    gatewaySignature: null,
    returnUrl: null,
  },
  capture: { type: 'capture', amount: null },
  cancel: { type: 'cancel', reason: null },
  refund: { type: 'refund', amount: null, reason: null },
  expire: { type: 'expire' },
} as const satisfies { [Type in Command['type']]: Omit<Extract<Command, { type: Type }>, keyof Origin> };

type Origin = Pick<Command, 'commandId' | 'intentId' | 'notAfter'>;

export function command<Type extends Command['type']>(
  type: Type,
  said: Partial<Extract<Command, { type: Type }>> = {},
): Extract<Command, { type: Type }> {
  const origin: Origin = {
    commandId: nextCommandId(),
    intentId: intentIdOf('order-42', 'stripe'),
    notAfter: null,
  };
  return { ...origin, ...DEFAULTS[type], ...said } as unknown as Extract<Command, { type: Type }>;
}

/** A payment of which nothing is asked. */
export function asked(payment: Payment, requests: CommandedPayment['requests'] = []): CommandedPayment {
  return { ...payment, requests };
}
