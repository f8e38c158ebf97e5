import type { GatewayOperation, GatewayProvider } from '@payments/domain';
import { EntitySchema } from 'typeorm';
import {
  bigintColumn,
  jsonColumn,
  nullable,
  primary,
  smallintColumn,
  textColumn,
  timeColumn,
  uuidColumn,
} from './column-types.js';

/** A row of `commands`: a command and its outcome. */
export interface CommandEntity {
  commandId: string;
  intentId: string;
  paymentIntentId: string | null;
  receivedAt: Date;
  decidedAt: Date;
  intentVersion: bigint | null;
  type: string;
  sender: string;
  outcome: 'DONE' | 'REJECTED';
  code: string | null;
  detail: string | null;
  requestHash: Buffer;
  idReusedAt: Date | null;
}

export const commandSchema = new EntitySchema<CommandEntity>({
  name: 'Command',
  tableName: 'commands',
  columns: {
    commandId: primary(uuidColumn('command_id')),
    intentId: uuidColumn('intent_id'),
    paymentIntentId: nullable(uuidColumn('payment_intent_id')),
    receivedAt: timeColumn('received_at'),
    decidedAt: timeColumn('decided_at'),
    intentVersion: nullable(bigintColumn('intent_version')),
    type: textColumn('type'),
    sender: textColumn('sender'),
    outcome: textColumn('outcome'),
    code: nullable(textColumn('code')),
    detail: nullable(textColumn('detail')),
    requestHash: { type: 'bytea', name: 'request_hash' },
    idReusedAt: nullable(timeColumn('id_reused_at')),
  },
});

/** A row of `gateway_requests`: a call that a command requested, open until it is answered. */
export interface GatewayRequestEntity {
  commandId: string;
  paymentIntentId: string;
  requestedAt: Date;
  notAfter: Date | null;
  answeredAt: Date | null;
  amount: bigint | null;
  leg: number;
  operation: GatewayOperation;
  gatewayProvider: GatewayProvider;
  details: Record<string, unknown>;
}

export const gatewayRequestSchema = new EntitySchema<GatewayRequestEntity>({
  name: 'GatewayRequest',
  tableName: 'gateway_requests',
  columns: {
    commandId: primary(uuidColumn('command_id')),
    paymentIntentId: uuidColumn('payment_intent_id'),
    requestedAt: timeColumn('requested_at'),
    notAfter: nullable(timeColumn('not_after')),
    answeredAt: nullable(timeColumn('answered_at')),
    amount: nullable(bigintColumn('amount')),
    leg: primary(smallintColumn('leg')),
    operation: primary(textColumn('operation')),
    gatewayProvider: textColumn('gateway_provider'),
    details: jsonColumn('details'),
  },
});
