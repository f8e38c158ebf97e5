import type { JsonValue } from '@payments/domain';
import type { DataSource, EntityManager } from 'typeorm';
import { readRows } from '../reads/read-rows.js';

/** Changes by people. */
export type AuditAction = 'gateway.set' | 'gateway.disable' | 'gateway.enable' | 'review.resolve';

/** Who makes a change, and why: both are required. */
export interface Act {
  /** A name, at most 255 characters. */
  readonly by: string;
  /** At most 4000 characters. */
  readonly reason: string;
}

export interface AuditRow extends Act {
  readonly action: AuditAction;
  /** The subject of the change, such as `gateway:stripe`. */
  readonly subject: string;
  /** Before and after; null where there is nothing to compare. */
  readonly before: JsonValue;
  readonly after: JsonValue;
}

export interface AuditEntry extends AuditRow {
  /** Increases from entry to entry. */
  readonly id: string;
  readonly at: Date;
}

const APPEND = `
INSERT INTO audit_log (actor, action, subject, reason, before, after) VALUES ($1, $2, $3, $4, $5, $6)`;

/** Records a change by a person, in the transaction of the change. */
export async function appendAudit(em: EntityManager, row: AuditRow): Promise<void> {
  const values = [row.by, row.action, row.subject, row.reason, jsonOf(row.before), jsonOf(row.after)];
  await em.query(APPEND, values);
}

const NEWEST = {
  name: 'read_audit_log',
  text: `SELECT id, at, actor AS by, action, subject, reason, before, after FROM audit_log
    WHERE $1::text IS NULL OR subject = $1 ORDER BY id DESC LIMIT $2`,
};

/** Entries, newest first, at most `countMax`; of one subject, or of all. */
export function readAuditLog(
  source: DataSource,
  { subject, countMax }: { readonly subject?: string | undefined; readonly countMax: number },
): Promise<AuditEntry[]> {
  return readRows<AuditEntry>(source, NEWEST, [subject ?? null, countMax]);
}

function jsonOf(value: JsonValue): string | null {
  return value === null ? null : JSON.stringify(value);
}
