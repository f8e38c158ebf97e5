import type { PartStatus } from '../supervisor/state.js';

export interface StatusRow extends PartStatus {
  readonly residentBytes: number | undefined;
}

/** The parts as lines of a table; `now` in milliseconds since the epoch. */
export function statusTable(rows: readonly StatusRow[], now: number): string {
  const head = ['part', 'state', 'pid', 'port', 'memory', 'age', 'restarts', ''];
  const cells = rows.map((row) => [
    row.name,
    row.state,
    row.pid?.toString() ?? '-',
    row.port?.toString() ?? '-',
    row.residentBytes === undefined ? '-' : `${Math.round(row.residentBytes / 1024 / 1024)} MB`,
    row.startedAt === undefined ? '-' : age(now - row.startedAt),
    row.restarts.toString(),
    row.detail ?? '',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A duration in its two largest units. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${minutes % 60}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}
