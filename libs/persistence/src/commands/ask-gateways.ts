import type { AskedCall, Intent } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import type { OutboxRow } from '../outbox/append-outbox.js';
import { insertGatewayRequests } from './gateway-requests.js';
import { gatewayCommandOf } from './outbox-of-commands.js';

/** Calls that something else than a command just decided asks for. */
export interface Asking {
  /** As it is after what asks for them. */
  readonly intent: Intent;
  readonly asked: readonly AskedCall[];
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** Writes the requests. @returns their records: to be left in the outbox in the same transaction */
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
