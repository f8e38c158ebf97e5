import { randomUUID } from 'node:crypto';
import type { CreateIntent, PaymentIntentCommand } from '@payments/contracts';
import { type GatewayProvider, intentIdOf } from '@payments/domain';

const NONE = { create: null, confirm: null, capture: null, cancel: null, refund: null };

/** Defaults of each type of command. */
const WANTED = {
  confirm: { paymentMethodToken: null, gatewayPaymentId: null, gatewaySignature: null, returnUrl: null },
  capture: { amount: null },
  cancel: { reason: null },
  refund: { amount: null, reason: null },
  expire: undefined,
} as const;

type Whole = Partial<PaymentIntentCommand>;

/** A creation of 19.99 USD at Stripe for an order of its own, as an order service sends it. */
export function aCreation(said: Partial<CreateIntent> = {}, whole: Whole = {}): PaymentIntentCommand {
  const create: CreateIntent = {
    orderId: `order-${randomUUID()}`,
    customerId: 'cust-7',
    gatewayProvider: 'stripe',
    attempt: 1,
    amount: 1999,
    currency: 'USD',
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
  const intentId = intentIdOf(create.orderId, create.gatewayProvider as GatewayProvider, create.attempt);
  return {
    commandId: randomUUID(),
    type: 'create',
    intentId,
    issuedAt: Date.now(),
    notAfter: null,
    sender: 'test',
    ...NONE,
    create,
    ...whole,
  };
}

/** A command on an intent. */
export function aCommand<Type extends keyof typeof WANTED>(
  { intentId }: Pick<PaymentIntentCommand, 'intentId'>,
  type: Type,
  said: Partial<(typeof WANTED)[Type]> | object = {},
  whole: Whole = {},
): PaymentIntentCommand {
  const wanted = type === 'expire' ? {} : { [type]: { ...WANTED[type], ...said } };
  return {
    commandId: randomUUID(),
    type,
    intentId,
    issuedAt: Date.now(),
    notAfter: null,
    sender: 'test',
    ...NONE,
    ...wanted,
    ...whole,
  };
}
