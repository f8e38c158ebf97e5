import type { AskedCall, Intent } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import type { OutboxRow } from '../outbox/append-outbox.js';
import { insertGatewayRequests } from './gateway-requests.js';
import { gatewayCommandOf } from './outbox-of-commands.js';

/** Calls requested by something other than a command that was just decided. */
export interface Asking {
  /** The payment after the change that requests them. */
  readonly intent: Intent;
  readonly asked: readonly AskedCall[];
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** Inserts the requests. @returns their records, to be appended to the outbox in the same transaction */
export async function askGateways(em: EntityManager, askings: readonly Asking[]): Promise<OutboxRow[]> {
  await insertGatewayRequests(
    em,
    askings.flatMap(({ intent, asked, now }) =>
      asked.map((one) => ({ ...one, paymentIntentId: intent.id, requestedAt: now })),
    ),
  );
  return askings.flatMap(({ intent, asked, now }) => asked.map((one) => recordOf(intent, one, now)));
}

function recordOf(
  { id: paymentIntentId, intentId, currency, version }: Intent,
  { commandId, notAfter, call }: AskedCall,
  now: number,
): OutboxRow {
  const origin = { commandId, intentId, paymentIntentId, currency, issuedAt: now, notAfter };
  return { paymentIntentId, intentId, version, ...gatewayCommandOf(call, origin) };
}
