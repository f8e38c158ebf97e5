import { expect, test } from '@jest/globals';
import type { Database } from '../database.js';
import { useDatabase } from '../testing/use-database.js';
import { type AuditRow, appendAudit, readAuditLog } from './audit-log.js';

let database: Database;
useDatabase((opened) => {
  database = opened;
});

const ROW: AuditRow = {
  by: 'ada',
  reason: 'seen in the dashboard',
  action: 'review.resolve',
  subject: 'attempt:1',
  before: { state: 'UNKNOWN' },
  after: null,
};

function append(row: Partial<AuditRow> = {}): Promise<void> {
  return database.transaction((em) => appendAudit(em, { ...ROW, ...row }));
}

test('entries are read newest first, of one subject or of all', async () => {
  await append();
  await append({ subject: 'attempt:2' });
  await append({ by: 'grace' });
  const all = await readAuditLog(database.primary, { countMax: 2 });
  expect(all).toMatchObject([{ ...ROW, by: 'grace' }, { subject: 'attempt:2' }]);
  const first = await readAuditLog(database.primary, { subject: 'attempt:1', countMax: 10 });
  expect(first.map(({ by }) => by)).toEqual(['grace', 'ada']);
});

test('without a name or a reason nothing is written', async () => {
  await expect(append({ by: '' })).rejects.toThrow('audit_log_lengths');
  await expect(append({ reason: '' })).rejects.toThrow('audit_log_lengths');
});

test.each([
  'UPDATE audit_log SET reason = $$another$$',
  'DELETE FROM audit_log WHERE false',
  'TRUNCATE audit_log',
])('it is only ever added to: %s is refused', async (statement) => {
  await append();
  const entries = await readAuditLog(database.primary, { countMax: 100 });
  await expect(database.primary.query(statement)).rejects.toThrow('audit_log is append-only');
  expect(await readAuditLog(database.primary, { countMax: 100 })).toEqual(entries);
});
