import { CAPTURE_METHODS, INTENT_STATUSES } from '@payments/domain';
import { z } from 'zod';
import {
  amount,
  anything,
  count,
  currency,
  failure,
  gatewayProvider,
  nextCursor,
  text,
  time,
  uuid,
} from './fields.js';

/** The JSON of libs/persistence's `intentJson`. */
export const paymentIntent = z.object({
  intentId: uuid,
  orderId: text,
  customerId: text,
  gatewayProvider: gatewayProvider.meta({ description: 'That the creation named.' }),
  attempt: z.int().min(1).meta({ description: 'Of the order at this gateway.' }),
  amount,
  currency,
  captureMethod: z.enum(CAPTURE_METHODS),
  confirm: z.boolean().meta({ description: 'Whether the creation requested the confirmation too.' }),
  paymentMethodToken: text.nullable(),
  fallbacks: z.array(anything),
  returnUrl: text.nullable(),
  metadata: z.record(text, anything),
  status: z.enum(INTENT_STATUSES),
  version: count.meta({
    description: 'Incremented with each change that is published to payment.intent.events.',
  }),
  amountCaptured: amount,
  amountRefunded: amount,
  gatewayIntentId: text.nullable(),
  currentGatewayProvider: gatewayProvider.meta({
    description:
      'The gateway that gatewayIntentId belongs to; after a failover, not the one that the creation named.',
  }),
  nextAction: anything.meta({ description: 'What the customer has to do; null if nothing.' }),
  lastError: failure,
  createdAt: time,
  updatedAt: time,
  expiresAt: time.nullable(),
});

export const orderPayments = z.object({
  payments: z.array(paymentIntent),
  archivedIntentIds: z.array(uuid).meta({
    description: 'Ids of archived intents, which are not among `payments`; newest first.',
  }),
});

export const customerPayments = z.object({ payments: z.array(paymentIntent), nextCursor });
