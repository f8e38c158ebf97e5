import type { GatewayProvider, TransactionStatus, TransactionType } from '@payments/domain';
import { EntitySchema } from 'typeorm';
import {
  bigintColumn,
  booleanColumn,
  currencyColumn,
  nullable,
  primary,
  smallintColumn,
  textColumn,
  timeColumn,
  uuidColumn,
  withDefault,
} from './column-types.js';

/** A row of `payment_transactions`; money in minor units of `currency`. */
export interface PaymentTransactionEntity {
  /** UUIDv7, internal; `createdAt` equals its timestamp and determines the partition. */
  id: string;
  createdAt: Date;
  updatedAt: Date;
  processedAt: Date | null;
  eventTime: Date | null;
  reconciledAt: Date | null;
  amount: bigint;
  /** Public. */
  transactionId: string;
  paymentIntentId: string;
  leg: number;
  currencyExponent: number;
  reconciled: boolean;
  currency: string;
  gatewayProvider: GatewayProvider;
  type: TransactionType;
  status: TransactionStatus;
  gatewayTransactionId: string;
  gatewayReference: string | null;
  gatewayParentId: string | null;
  source: 'gateway' | 'command' | 'reconciliation';
  failureCode: string | null;
  failureMessage: string | null;
}

export const paymentTransactionSchema = new EntitySchema<PaymentTransactionEntity>({
  name: 'PaymentTransaction',
  tableName: 'payment_transactions',
  columns: {
    id: primary(uuidColumn('id')),
    createdAt: primary(timeColumn('created_at')),
    updatedAt: timeColumn('updated_at'),
    processedAt: nullable(timeColumn('processed_at')),
    eventTime: nullable(timeColumn('event_time')),
    reconciledAt: nullable(timeColumn('reconciled_at')),
    amount: bigintColumn('amount'),
    transactionId: uuidColumn('transaction_id'),
    paymentIntentId: uuidColumn('payment_intent_id'),
    leg: smallintColumn('leg'),
    currencyExponent: smallintColumn('currency_exponent'),
    reconciled: withDefault(booleanColumn('reconciled'), false),
    currency: currencyColumn,
    gatewayProvider: textColumn('gateway_provider'),
    type: textColumn('type'),
    status: textColumn('status'),
    gatewayTransactionId: textColumn('gateway_transaction_id'),
    gatewayReference: nullable(textColumn('gateway_reference')),
    gatewayParentId: nullable(textColumn('gateway_parent_id')),
    source: textColumn('source'),
    failureCode: nullable(textColumn('failure_code')),
    failureMessage: nullable(textColumn('failure_message')),
  },
});

/** A row of `payment_transaction_keys`: makes a fact one transaction, however often it is reported. */
export interface PaymentTransactionKeyEntity {
  gatewayProvider: GatewayProvider;
  type: TransactionType;
  gatewayObjectId: string;
  id: string;
  transactionId: string;
  paymentIntentId: string;
}

export const paymentTransactionKeySchema = new EntitySchema<PaymentTransactionKeyEntity>({
  name: 'PaymentTransactionKey',
  tableName: 'payment_transaction_keys',
  columns: {
    gatewayProvider: primary(textColumn('gateway_provider')),
    type: primary(textColumn('type')),
    gatewayObjectId: primary(textColumn('gateway_object_id')),
    id: uuidColumn('id'),
    transactionId: uuidColumn('transaction_id'),
    paymentIntentId: uuidColumn('payment_intent_id'),
  },
});
