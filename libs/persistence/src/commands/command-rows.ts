import type { CommandId, IntentId, IntentRowId, RejectionCode } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { VersionConflictError } from '../payments/version-conflict-error.js';

/** A command with its outcome. */
export interface CommandRow {
  readonly commandId: CommandId;
  /** As written by its sender, at most 64 characters. */
  readonly type: string;
  readonly intentId: IntentId;
  /** Null if there is no such intent. */
  readonly paymentIntentId: IntentRowId | null;
  readonly sender: string;
  /** SHA-256 of its content. */
  readonly requestHash: Buffer;
  readonly outcome: 'DONE' | 'REJECTED';
  readonly code: RejectionCode | null;
  readonly detail: string | null;
  readonly intentVersion: number | null;
  /** In milliseconds since the epoch, as the next. */
  readonly receivedAt: number;
  readonly decidedAt: number;
}

const READ_HASHES = 'SELECT command_id, request_hash FROM commands WHERE command_id = ANY($1::uuid[])';

const INSERT = `
INSERT INTO commands (command_id, intent_id, payment_intent_id, received_at, decided_at, intent_version, type,
  sender, outcome, code, detail, request_hash)
SELECT command_id, intent_id, payment_intent_id, to_timestamp(received_ms / 1000), to_timestamp(decided_ms / 1000),
  intent_version, type, sender, outcome, code, detail, decode(hash, 'hex')
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::float8[], $5::float8[], $6::bigint[], $7::text[], $8::text[],
  $9::text[], $10::text[], $11::text[], $12::text[])
  AS row (command_id, intent_id, payment_intent_id, received_ms, decided_ms, intent_version, type, sender, outcome,
    code, detail, hash)
ON CONFLICT DO NOTHING
RETURNING command_id`;

/** Content hashes of the commands that were decided before, by id. */
export async function knownCommands(
  em: EntityManager,
  ids: readonly CommandId[],
): Promise<Map<string, Buffer>> {
  if (ids.length === 0) return new Map();
  const rows: { command_id: string; request_hash: Buffer }[] = await em.query(READ_HASHES, [ids]);
  return new Map(rows.map((row) => [row.command_id, row.request_hash]));
}

/**
 * Inserts commands with their outcomes, each id once for good.
 *
 * @throws VersionConflictError if one of them was decided concurrently: roll back and retry
 */
export async function insertCommands(em: EntityManager, rows: readonly CommandRow[]): Promise<void> {
  if (rows.length === 0) return;
  // All writers use one order: two with the same ids wait for, but never deadlock, each other.
  const sorted = [...rows].sort((a, b) => (a.commandId < b.commandId ? -1 : 1));
  const inserted: unknown[] = await em.query(INSERT, [
    sorted.map(({ commandId }) => commandId),
    sorted.map(({ intentId }) => intentId),
    sorted.map(({ paymentIntentId }) => paymentIntentId),
    sorted.map(({ receivedAt }) => receivedAt),
    sorted.map(({ decidedAt }) => decidedAt),
    sorted.map(({ intentVersion }) => intentVersion),
    sorted.map(({ type }) => type),
    sorted.map(({ sender }) => sender),
    sorted.map(({ outcome }) => outcome),
    sorted.map(({ code }) => code),
    sorted.map(({ detail }) => detail),
    sorted.map(({ requestHash }) => requestHash.toString('hex')),
  ]);
  if (inserted.length === rows.length) return;
  throw new VersionConflictError('a command of this batch was decided by another worker');
}
