/** Codes with their meanings, in Markdown. */
export function list(entries: Record<string, string>): string {
  return table(['code', 'meaning'], Object.entries(entries));
}

/** In Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
