import type { GatewayProvider, WebhookStatus } from '@payments/domain';
import { EntitySchema } from 'typeorm';
import {
  bigintColumn,
  booleanColumn,
  integerColumn,
  nullable,
  primary,
  textColumn,
  timeColumn,
  uuidColumn,
} from './column-types.js';

/** A row of `payment_webhooks`. */
export interface PaymentWebhookEntity {
  id: string;
  paymentIntentId: string | null;
  receivedAt: Date;
  eventTime: Date | null;
  processedAt: Date | null;
  kafkaOffset: bigint;
  kafkaPartition: number;
  /** Made by Postgres from the status: nothing is left to do. */
  readonly processed: boolean;
  webhookId: string;
  gatewayProvider: GatewayProvider;
  eventType: string;
  source: 'gateway' | 'reconciliation';
  status: WebhookStatus;
  kafkaTopic: string;
  objectIds: string[];
  error: string | null;
  /** Of one that waits and could not be settled: when to try again. */
  retryAt: Date | null;
}

export const paymentWebhookSchema = new EntitySchema<PaymentWebhookEntity>({
  name: 'PaymentWebhook',
  tableName: 'payment_webhooks',
  columns: {
    id: primary(uuidColumn('id')),
    paymentIntentId: nullable(uuidColumn('payment_intent_id')),
    receivedAt: timeColumn('received_at'),
    eventTime: nullable(timeColumn('event_time')),
    processedAt: nullable(timeColumn('processed_at')),
    kafkaOffset: bigintColumn('kafka_offset'),
    kafkaPartition: integerColumn('kafka_partition'),
    processed: { ...booleanColumn('processed'), insert: false, update: false },
    webhookId: textColumn('webhook_id'),
    gatewayProvider: textColumn('gateway_provider'),
    eventType: textColumn('event_type'),
    source: textColumn('source'),
    status: textColumn('status'),
    kafkaTopic: textColumn('kafka_topic'),
    objectIds: { ...textColumn('object_ids'), array: true },
    error: nullable(textColumn('error')),
    retryAt: nullable(timeColumn('retry_at')),
  },
});

/** A row of `payment_webhook_bodies`: the sealed bytes, until the retention ends. */
export interface PaymentWebhookBodyEntity {
  receivedAt: Date;
  webhookId: string;
  sealedBody: Buffer;
}

export const paymentWebhookBodySchema = new EntitySchema<PaymentWebhookBodyEntity>({
  name: 'PaymentWebhookBody',
  tableName: 'payment_webhook_bodies',
  columns: {
    receivedAt: primary(timeColumn('received_at')),
    webhookId: primary(textColumn('webhook_id')),
    sealedBody: { type: 'bytea', name: 'sealed_body' },
  },
});
