import type { GatewayProvider, StatusFact } from '@payments/domain';
import { EntitySchema } from 'typeorm';
import {
  booleanColumn,
  integerColumn,
  nullable,
  primary,
  smallintColumn,
  textColumn,
  timeColumn,
  uuidColumn,
  withDefault,
} from './column-types.js';

/** A row of `payment_intent_keys`: what is unique for an intent across all partitions. */
export interface PaymentIntentKeyEntity {
  paymentIntentId: string;
  intentId: string;
  attempt: number;
  /** Live or paid; false while FAILED, CANCELED or EXPIRED. */
  live: boolean;
  allowAnother: boolean;
  orderId: string;
  gatewayProvider: GatewayProvider;
}

export const paymentIntentKeySchema = new EntitySchema<PaymentIntentKeyEntity>({
  name: 'PaymentIntentKey',
  tableName: 'payment_intent_keys',
  columns: {
    paymentIntentId: primary(uuidColumn('payment_intent_id')),
    intentId: uuidColumn('intent_id'),
    attempt: withDefault(integerColumn('attempt'), 1),
    live: withDefault(booleanColumn('live'), true),
    allowAnother: withDefault(booleanColumn('allow_another'), false),
    orderId: textColumn('order_id'),
    gatewayProvider: textColumn('gateway_provider'),
  },
});

/** A row of `intent_legs`: one gateway object (payment intent or order) opened for an intent. */
export interface IntentLegEntity {
  paymentIntentId: string;
  /** From 1. */
  leg: number;
  gatewayProvider: GatewayProvider;
  gatewayObjectId: string | null;
  paymentMethodToken: string | null;
  /** The latest status fact that was applied, and its time at the gateway. */
  statusFact: StatusFact | null;
  statusEventTime: Date | null;
  openedAt: Date;
  abandonedAt: Date | null;
}

export const intentLegSchema = new EntitySchema<IntentLegEntity>({
  name: 'IntentLeg',
  tableName: 'intent_legs',
  columns: {
    paymentIntentId: primary(uuidColumn('payment_intent_id')),
    leg: primary(smallintColumn('leg')),
    gatewayProvider: textColumn('gateway_provider'),
    gatewayObjectId: nullable(textColumn('gateway_object_id')),
    paymentMethodToken: nullable(textColumn('payment_method_token')),
    statusFact: nullable(textColumn('status_fact')),
    statusEventTime: nullable(timeColumn('status_event_time')),
    openedAt: { ...timeColumn('opened_at'), default: () => 'now()' },
    abandonedAt: nullable(timeColumn('abandoned_at')),
  },
});

/** A row of `gateway_object_refs`: the owner of a gateway object; a placeholder while it has none. */
export interface GatewayObjectRefEntity {
  gatewayProvider: GatewayProvider;
  objectId: string;
  paymentIntentId: string | null;
  leg: number | null;
  /** When to look for webhooks that wait for it; null if none does. */
  settleAt: Date | null;
  createdAt: Date;
}

export const gatewayObjectRefSchema = new EntitySchema<GatewayObjectRefEntity>({
  name: 'GatewayObjectRef',
  tableName: 'gateway_object_refs',
  columns: {
    gatewayProvider: primary(textColumn('gateway_provider')),
    objectId: primary(textColumn('object_id')),
    paymentIntentId: nullable(uuidColumn('payment_intent_id')),
    leg: nullable(smallintColumn('leg')),
    settleAt: nullable(timeColumn('settle_at')),
    createdAt: { ...timeColumn('created_at'), default: () => 'now()' },
  },
});
