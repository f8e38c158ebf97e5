/** A cell of a table; empty ones are shown as a dash. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

const GAP = '  ';

/** Rows under a header, as aligned columns: numbers right-aligned, everything else left-aligned. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [head, ...rows.map((row) => row.map(cellText))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map((_, column) => rows.length > 0 && rows.every((row) => isNumeric(row[column])));
  const padded = (text: string, column: number): string =>
    isNumber[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return cells.map((row) => `${row.map(padded).join(GAP).trimEnd()}\n`).join('');
}

/** The fields of one thing, a line each. */
export function fields(entries: Readonly<Record<string, Cell>>): string {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  return Object.entries(entries)
    .map(([name, value]) => `${name.padEnd(width)}${GAP}${cellText(value)}\n`)
    .join('');
}

function isNumeric(cell: Cell): boolean {
  return typeof cell === 'number' || typeof cell === 'bigint';
}

/** Line breaks, terminal control characters, and characters that change the direction of text. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/** Forces text onto one line, whatever a gateway put into its messages. */
function cellText(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (cell instanceof Date) return cell.toISOString();
  return String(cell).replaceAll(UNPRINTABLE, ' ');
}
