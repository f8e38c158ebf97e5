import { Client, type QueryResult } from 'pg';

/** Texts of this process that get a name; more would keep plans without bound in each session. */
const NAMES_MAX = 500;

const names = new Map<string, string>();

/**
 * A connection on which Postgres parses each text with parameters once, under a name, and may keep its plan. The
 * columns of a result cannot change under it (0A000): statements name theirs, in place of a table's `*`.
 */
export class PreparingClient extends Client {
  /** As TypeORM calls it. */
  override query(text: unknown, values?: unknown, ...rest: unknown[]): Promise<QueryResult> {
    const send = super.query.bind(this) as (...args: unknown[]) => Promise<QueryResult>;
    const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text) : undefined;
    return name === undefined ? send(text, values, ...rest) : send({ name, text, values }, ...rest);
  }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= NAMES_MAX) return known;
  const name = `s${names.size + 1}`;
  names.set(text, name);
  return name;
}
