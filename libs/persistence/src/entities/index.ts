import { commandSchema, gatewayRequestSchema } from './command.js';
import { consumerOffsetSchema, outboxLeaseSchema, outboxSchema } from './kafka-side.js';
import { paymentIntentSchema } from './payment-intent.js';
import { gatewayObjectRefSchema, intentLegSchema, paymentIntentKeySchema } from './payment-intent-key.js';
import { paymentTransactionKeySchema, paymentTransactionSchema } from './payment-transaction.js';
import { paymentWebhookBodySchema, paymentWebhookSchema } from './payment-webhook.js';

/** TypeORM's view of the tables, for use outside of the hot path. A test compares it with the database. */
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
