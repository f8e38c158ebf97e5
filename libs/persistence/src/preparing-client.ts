import { createHash } from 'node:crypto';
import { Client, type QueryResult } from 'pg';
import { databaseErrorOf } from './database-error.js';

/** Texts of this process that have a name; more would keep plans without bound in each session. */
const NAMES_MAX = 500;

const names = new Map<string, string>();

/**
 * What Postgres says of a statement that it cannot run any more as it was prepared: a migration changed the type of a
 * column that it returns (0A000), or the session is not the one that knew it (26000).
 */
const UNPREPARED: readonly string[] = ['0A000', '26000'];

/**
 * Of a connection that is no good any more. Its answer may still come, or never: whatever is asked next on it would wait
 * for it. And a server that refuses to write (25006) is the primary no longer: a new connection finds the one that is.
 */
const OF_NO_USE: readonly string[] = ['READ_TIMEOUT', '25006'];

/**
 * A connection on which Postgres parses each text with parameters once, under a name, and may keep its plan.
 * Statements name their columns, in place of a table's `*`: those then change with their types alone.
 *
 * What is asked for in one turn of the event loop is written at once.
 */
export class PreparingClient extends Client {
  #gathers = false;

  /** As TypeORM calls it. */
  override query(text: unknown, values?: unknown, ...rest: unknown[]): Promise<QueryResult> {
    this.#gather();
    const send = super.query.bind(this) as (...args: unknown[]) => Promise<QueryResult>;
    const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text) : undefined;
    const sent = name === undefined ? send(text, values, ...rest) : send({ name, text, values }, ...rest);
    if (!(sent instanceof Promise)) return sent;
    return sent.catch((error: unknown) => {
      const code = databaseErrorOf(error)?.code ?? '';
      if (OF_NO_USE.includes(code)) void this.end();
      if (name !== undefined && UNPREPARED.includes(code)) rename(text as string, name);
      throw error;
    });
  }

  #gather(): void {
    if (this.#gathers) return;
    this.#gathers = true;
    const { stream } = this.connection;
    stream.cork();
    process.nextTick(() => {
      this.#gathers = false;
      stream.uncork();
    });
  }
}

/** Made of the text: behind a pooler that shares sessions among processes a name never means another statement. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= NAMES_MAX) return known;
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
  names.set(text, name);
  return name;
}

/** Every connection prepares the text anew then; unless it was renamed already, because it failed on another. */
function rename(text: string, name: string): void {
  const [digest, times = '0'] = name.split('-');
  if (names.get(text) === name) names.set(text, `${digest}-${Number(times) + 1}`);
}
