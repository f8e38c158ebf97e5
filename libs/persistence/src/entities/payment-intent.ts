import type { GatewayProvider, IntentStatus } from '@payments/domain';
import { EntitySchema } from 'typeorm';
import {
  bigintColumn,
  booleanColumn,
  currencyColumn,
  integerColumn,
  jsonColumn,
  nullable,
  primary,
  smallintColumn,
  textColumn,
  timeColumn,
  uuidColumn,
  withDefault,
} from './column-types.js';

/** A row of `payment_intents`; money in minor units of `currency`. */
export interface PaymentIntentEntity {
  /** UUIDv7, internal; `createdAt` equals its timestamp and determines the partition. */
  id: string;
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date | null;
  /** 1 at creation, incremented by each change, without gaps. */
  version: bigint;
  amount: bigint;
  amountAuthorized: bigint;
  amountCaptured: bigint;
  amountRefunded: bigint;
  amountRefundPending: bigint;
  amountDisputed: bigint;
  /** Public: UUIDv5 of order id, provider and attempt. */
  intentId: string;
  attempt: number;
  currencyExponent: number;
  currentLeg: number;
  allowAnother: boolean;
  /** Another intent of the order was paid after it had ended, and neither has `allowAnother`. */
  orderPaidElsewhere: boolean;
  confirmRequested: boolean;
  currency: string;
  orderId: string;
  customerId: string;
  gatewayProvider: GatewayProvider;
  gatewayIntentId: string | null;
  status: IntentStatus;
  captureMethod: 'automatic' | 'manual';
  paymentMethodToken: string | null;
  returnUrl: string | null;
  fallbacks: { gatewayProvider: GatewayProvider; paymentMethodToken: string }[];
  nextAction: object | null;
  lastError: object | null;
  metadata: Record<string, string>;
}

export const paymentIntentSchema = new EntitySchema<PaymentIntentEntity>({
  name: 'PaymentIntent',
  tableName: 'payment_intents',
  columns: {
    id: primary(uuidColumn('id')),
    createdAt: primary(timeColumn('created_at')),
    updatedAt: timeColumn('updated_at'),
    expiresAt: nullable(timeColumn('expires_at')),
    version: bigintColumn('version'),
    amount: bigintColumn('amount'),
    amountAuthorized: bigintColumn('amount_authorized'),
    amountCaptured: bigintColumn('amount_captured'),
    amountRefunded: bigintColumn('amount_refunded'),
    amountRefundPending: bigintColumn('amount_refund_pending'),
    amountDisputed: bigintColumn('amount_disputed'),
    intentId: uuidColumn('intent_id'),
    attempt: withDefault(integerColumn('attempt'), 1),
    currencyExponent: smallintColumn('currency_exponent'),
    currentLeg: withDefault(smallintColumn('current_leg'), 1),
    allowAnother: withDefault(booleanColumn('allow_another'), false),
    orderPaidElsewhere: withDefault(booleanColumn('order_paid_elsewhere'), false),
    confirmRequested: withDefault(booleanColumn('confirm_requested'), false),
    currency: currencyColumn,
    orderId: textColumn('order_id'),
    customerId: textColumn('customer_id'),
    gatewayProvider: textColumn('gateway_provider'),
    gatewayIntentId: nullable(textColumn('gateway_intent_id')),
    status: textColumn('status'),
    captureMethod: withDefault(textColumn('capture_method'), 'automatic'),
    paymentMethodToken: nullable(textColumn('payment_method_token')),
    returnUrl: nullable(textColumn('return_url')),
    fallbacks: withDefault(jsonColumn('fallbacks'), []),
    nextAction: nullable(jsonColumn('next_action')),
    lastError: nullable(jsonColumn('last_error')),
    metadata: withDefault(jsonColumn('metadata'), {}),
  },
});
