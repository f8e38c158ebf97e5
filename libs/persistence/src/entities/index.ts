import { commandSchema, gatewayRequestSchema } from './command.js';
import { consumerOffsetSchema, outboxLeaseSchema, outboxSchema } from './kafka-side.js';
import { paymentIntentSchema } from './payment-intent.js';
import { gatewayObjectRefSchema, intentLegSchema, paymentIntentKeySchema } from './payment-intent-key.js';
import { paymentTransactionKeySchema, paymentTransactionSchema } from './payment-transaction.js';
import { paymentWebhookBodySchema, paymentWebhookSchema } from './payment-webhook.js';

/** The tables as TypeORM sees them, for everything off the hot path. A test compares them with the database. */
export const ENTITIES = [
  paymentIntentSchema,
  paymentIntentKeySchema,
  intentLegSchema,
  gatewayObjectRefSchema,
  paymentTransactionSchema,
  paymentTransactionKeySchema,
  paymentWebhookSchema,
  paymentWebhookBodySchema,
  consumerOffsetSchema,
  outboxSchema,
  outboxLeaseSchema,
  commandSchema,
  gatewayRequestSchema,
];
