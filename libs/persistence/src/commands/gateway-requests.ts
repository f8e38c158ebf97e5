import type { CommandId, GatewayCall, GatewayOperation, GatewayRequest, IntentRowId } from '@payments/domain';
import type { EntityManager } from 'typeorm';

/** Identifies one call to a gateway. */
export type GatewayRequestKey = Pick<GatewayRequest, 'commandId' | 'leg' | 'operation'>;

/** A call requested by a command. */
export interface NewGatewayRequest {
  readonly commandId: CommandId;
  readonly paymentIntentId: IntentRowId;
  readonly call: GatewayCall;
  /** In milliseconds since the epoch, as everything here. */
  readonly requestedAt: number;
  readonly notAfter: number | null;
}

interface Row {
  readonly payment_intent_id: string;
  readonly command_id: string;
  readonly leg: number;
  readonly operation: GatewayOperation;
  readonly amount: string | null;
}

const READ_OPEN = `
SELECT payment_intent_id, command_id, leg, operation, amount FROM gateway_requests
WHERE payment_intent_id = ANY($1::uuid[]) AND answered_at IS NULL
ORDER BY requested_at, command_id, leg`;

const INSERT = `
INSERT INTO gateway_requests (command_id, payment_intent_id, requested_at, not_after, amount, leg, operation,
  gateway_provider, details)
SELECT command_id, payment_intent_id, to_timestamp(requested_ms / 1000), to_timestamp(not_after_ms / 1000), amount,
  leg, operation, gateway_provider, details
FROM unnest($1::uuid[], $2::uuid[], $3::float8[], $4::float8[], $5::bigint[], $6::smallint[], $7::text[],
  $8::text[], $9::jsonb[])
  AS row (command_id, payment_intent_id, requested_ms, not_after_ms, amount, leg, operation, gateway_provider,
    details)`;

const ANSWER = `
UPDATE gateway_requests request SET answered_at = now()
FROM unnest($1::uuid[], $2::smallint[], $3::text[]) AS answered (command_id, leg, operation)
WHERE request.command_id = answered.command_id AND request.leg = answered.leg
  AND request.operation = answered.operation AND request.answered_at IS NULL`;

/** The open requests of intents. Read them once the intents are locked: then no command can add more. */
export async function readOpenRequests(
  em: EntityManager,
  intentIds: readonly string[],
): Promise<Map<string, GatewayRequest[]>> {
  if (intentIds.length === 0) return new Map();
  const rows: Row[] = await em.query(READ_OPEN, [intentIds]);
  const ofIntents = Map.groupBy(rows, (row) => row.payment_intent_id);
  return new Map(Array.from(ofIntents, ([intentId, ofIntent]) => [intentId, ofIntent.map(requestOf)]));
}

function requestOf({ command_id, leg, operation, amount }: Row): GatewayRequest {
  return {
    commandId: command_id as CommandId,
    leg,
    operation,
    amount: amount === null ? null : BigInt(amount),
  };
}

/** Run it in the transaction of the commands that request them. */
export async function insertGatewayRequests(
  em: EntityManager,
  rows: readonly NewGatewayRequest[],
): Promise<void> {
  if (rows.length === 0) return;
  await em.query(INSERT, [
    rows.map(({ commandId }) => commandId),
    rows.map(({ paymentIntentId }) => paymentIntentId),
    rows.map(({ requestedAt }) => requestedAt),
    rows.map(({ notAfter }) => notAfter),
    rows.map(({ call }) => call.amount),
    rows.map(({ call }) => call.leg),
    rows.map(({ call }) => call.operation),
    rows.map(({ call }) => call.provider),
    rows.map(({ call }) => JSON.stringify(call.details)),
  ]);
}

/** Closes requests. Those that were closed before, or never made, are left alone. */
export async function answerGatewayRequests(
  em: EntityManager,
  keys: readonly GatewayRequestKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await em.query(ANSWER, [
    keys.map(({ commandId }) => commandId),
    keys.map(({ leg }) => leg),
    keys.map(({ operation }) => operation),
  ]);
}
