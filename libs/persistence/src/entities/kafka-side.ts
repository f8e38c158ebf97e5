import { EntitySchema } from 'typeorm';
import {
  bigintColumn,
  integerColumn,
  jsonTextColumn,
  primary,
  smallintColumn,
  textColumn,
  timeColumn,
  uuidColumn,
  withDefault,
} from './column-types.js';

/** A row of `consumer_offsets`. */
export interface ConsumerOffsetEntity {
  consumerGroup: string;
  topic: string;
  partition: number;
  nextOffset: bigint;
  updatedAt: Date;
}

export const consumerOffsetSchema = new EntitySchema<ConsumerOffsetEntity>({
  name: 'ConsumerOffset',
  tableName: 'consumer_offsets',
  columns: {
    consumerGroup: primary(textColumn('consumer_group')),
    topic: primary(textColumn('topic')),
    partition: primary(integerColumn('partition')),
    nextOffset: bigintColumn('next_offset'),
    updatedAt: { ...timeColumn('updated_at'), default: () => 'now()' },
  },
});

/** A row of `outbox`: a record to publish, in the order of its intent's versions. */
export interface OutboxEntity {
  shard: number;
  /** Given by Postgres. */
  id: bigint;
  paymentIntentId: string;
  version: bigint;
  createdAt: Date;
  topic: string;
  key: string;
  payload: object;
  headers: Record<string, string>;
}

export const outboxSchema = new EntitySchema<OutboxEntity>({
  name: 'Outbox',
  tableName: 'outbox',
  columns: {
    shard: primary(smallintColumn('shard')),
    id: { ...primary(bigintColumn('id')), generated: 'increment' },
    paymentIntentId: uuidColumn('payment_intent_id'),
    version: bigintColumn('version'),
    createdAt: { ...timeColumn('created_at'), default: () => 'now()' },
    topic: textColumn('topic'),
    key: textColumn('key'),
    payload: jsonTextColumn('payload'),
    headers: withDefault(jsonTextColumn('headers'), {}),
  },
});

/** A row of `outbox_leases`: the relay that publishes a shard. */
export interface OutboxLeaseEntity {
  shard: number;
  fence: bigint;
  expiresAt: Date;
  holder: string;
}

export const outboxLeaseSchema = new EntitySchema<OutboxLeaseEntity>({
  name: 'OutboxLease',
  tableName: 'outbox_leases',
  columns: {
    shard: primary(smallintColumn('shard')),
    fence: bigintColumn('fence'),
    expiresAt: timeColumn('expires_at'),
    holder: textColumn('holder'),
  },
});
