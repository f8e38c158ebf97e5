import type { CommandId, IntentId, IntentRowId } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import type { OutboxRow } from '../outbox/append-outbox.js';
import { COMMAND_OUTCOMES_TOPIC } from './outbox-of-commands.js';

interface Row {
  readonly command_id: CommandId;
  readonly type: string;
  readonly intent_id: IntentId;
  readonly payment_intent_id: IntentRowId | null;
  readonly outcome: 'DONE' | 'REJECTED';
  readonly code: string | null;
  readonly detail: string | null;
  readonly intent_version: string | null;
  readonly decided_at: Date;
}

// All writers lock rows in the order in which they are inserted, to avoid deadlocks.
const NOTE = `
WITH reused AS MATERIALIZED (
  SELECT command_id FROM commands WHERE command_id = ANY($1::uuid[]) ORDER BY command_id FOR NO KEY UPDATE
)
UPDATE commands SET id_reused_at = to_timestamp($2::float8 / 1000)
FROM reused WHERE commands.command_id = reused.command_id
RETURNING commands.command_id, type, intent_id, payment_intent_id, outcome, code, detail, intent_version, decided_at`;

/**
 * Records that other commands came under the ids of decided ones. They are ignored, and the first outcome stays. It
 * is published again with this note, so that the sender of both learns of it.
 *
 * @param now in milliseconds since the epoch
 */
export async function noteReusedIds(
  em: EntityManager,
  ids: readonly CommandId[],
  now: number,
): Promise<OutboxRow[]> {
  if (ids.length === 0) return [];
  const [rows]: [Row[], number] = await em.query(NOTE, [[...new Set(ids)], now]);
  return rows.map((row) => ({
    paymentIntentId: row.payment_intent_id ?? row.command_id,
    intentId: row.intent_id,
    version: BigInt(row.intent_version ?? 1),
    topic: COMMAND_OUTCOMES_TOPIC,
    payload: {
      commandId: row.command_id,
      type: row.type,
      intentId: row.intent_id,
      outcome: row.outcome,
      code: row.code,
      detail: row.detail,
      intentVersion: row.intent_version,
      decidedAt: row.decided_at.getTime(),
      idReusedAt: now,
    },
  }));
}
