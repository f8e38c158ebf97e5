import { type AuditEntry, readAuditLog } from '@payments/persistence';
import { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { jsonOption, limitOption, type OutputOptions, withOptions } from '../options.js';
import { json } from '../output/json.js';
import { shortened } from '../output/shortened.js';
import { table } from '../output/table.js';

interface LsOptions extends OutputOptions {
  readonly subject?: string;
  readonly limit: number;
}

/** `payments audit …` */
export function auditCommands(context: CliContext): Command {
  const ls = withOptions(new Command('ls'), limitOption(), jsonOption())
    .description('Lists what people changed, newest first.')
    .option('--subject <subject>', 'only changes of this, such as gateway:stripe')
    .action((options: LsOptions) => listAudit(context, options));
  return new Command('audit').description('What people changed, and why.').addCommand(ls);
}

async function listAudit(context: CliContext, options: LsOptions): Promise<void> {
  const { subject, limit: countMax } = options;
  const entries = await context.withDatabase(({ primary }) => readAuditLog(primary, { subject, countMax }));
  if (options.json) context.out(json({ entries }));
  else context.out(entries.length === 0 ? nothing(options) : auditTable(entries));
}

function nothing({ subject }: LsOptions): string {
  return subject === undefined ? 'Nobody has changed anything.\n' : `No changes of ${shortened(subject)}.\n`;
}

function auditTable(entries: readonly AuditEntry[]): string {
  return table(
    ['AT', 'BY', 'ACTION', 'SUBJECT', 'REASON', 'CHANGE'],
    entries.map((entry) => [
      entry.at,
      entry.by,
      entry.action,
      entry.subject,
      entry.reason,
      changeText(entry),
    ]),
  );
}

/** The fields that differ: `enabled true → false`. */
function changeText({ before, after }: AuditEntry): string {
  const old = fieldsOf(before);
  return Object.entries(fieldsOf(after))
    .filter(([name, value]) => name !== 'version' && value !== old[name])
    .map(([name, value]) => `${name} ${old[name] ?? '-'} → ${value ?? '-'}`)
    .join(', ');
}

function fieldsOf(value: AuditEntry['before']): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
