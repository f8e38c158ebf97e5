import type { CommandId } from '@payments/domain';
import type { DataSource } from 'typeorm';
import { readRows } from './read-rows.js';

/** The outcome of a command. */
export interface StoredCommand {
  readonly commandId: string;
  readonly type: string;
  readonly intentId: string;
  readonly outcome: 'DONE' | 'REJECTED';
  /** Why it was rejected. */
  readonly code: string | null;
  readonly detail: string | null;
  /** Version of the intent after the decision. */
  readonly intentVersion: number | null;
  readonly receivedAt: Date;
  readonly decidedAt: Date;
  /** When another command last came under this id and was ignored; null: never. */
  readonly idReusedAt: Date | null;
}

interface Row {
  readonly command_id: string;
  readonly type: string;
  readonly intent_id: string;
  readonly outcome: 'DONE' | 'REJECTED';
  readonly code: string | null;
  readonly detail: string | null;
  readonly intent_version: string | null;
  readonly received_at: Date;
  readonly decided_at: Date;
  readonly id_reused_at: Date | null;
}

const ONE = {
  name: 'read_command',
  text: `SELECT command_id, type, intent_id, outcome, code, detail, intent_version, received_at, decided_at, id_reused_at
    FROM commands WHERE command_id = $1`,
};

/** A decided command; undefined for one that is undecided or unknown. */
export async function readCommand(
  source: DataSource,
  commandId: CommandId,
): Promise<StoredCommand | undefined> {
  const [row] = await readRows<Row>(source, ONE, [commandId]);
  if (row === undefined) return undefined;
  return {
    commandId: row.command_id,
    type: row.type,
    intentId: row.intent_id,
    outcome: row.outcome,
    code: row.code,
    detail: row.detail,
    intentVersion: row.intent_version === null ? null : Number(row.intent_version),
    receivedAt: row.received_at,
    decidedAt: row.decided_at,
    idReusedAt: row.id_reused_at,
  };
}
