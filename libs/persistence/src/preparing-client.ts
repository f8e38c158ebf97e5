import { createHash } from 'node:crypto';
import { Client, type QueryResult } from 'pg';
import { CopyQuery, isCopy } from './copy-query.js';
import { databaseErrorOf } from './database-error.js';

/** Limit of statements that this process prepares by name, as each session keeps a plan for each. */
const NAMES_MAX = 500;

const names = new Map<string, string>();

/**
 * Errors of a prepared statement that is no longer valid: a migration changed the type of a column that it returns
 * (0A000), or a pooler has switched to a session that does not have it (26000).
 */
const STALE_STATEMENT: readonly string[] = ['0A000', '26000'];

/**
 * Errors after which a connection is discarded. After a read time-out, later statements would wait for the missing
 * response. A server that refuses to write (25006) is no longer the primary: a new connection finds the one that is. One
 * that ends the session (57P01, 25P03) says so before its socket closes, and the pool would lend it until then.
 */
const UNUSABLE_CONNECTION: readonly string[] = ['READ_TIMEOUT', '25006', '57P01', '25P03'];

/**
 * A connection that prepares each statement with parameters once, by name, so that Postgres parses it once and may keep
 * its plan. Statements name their columns and never use `*`, so that adding a column does not invalidate them.
 *
 * Statements that are sent in one turn of the event loop are written to the socket together.
 */
export class PreparingClient extends Client {
  #isCorked = false;

  /** With the parameters that TypeORM passes; those of a COPY are its data (see CopyData). */
  override query(text: unknown, values?: unknown, ...rest: unknown[]): Promise<QueryResult> {
    this.#cork();
    const send = super.query.bind(this) as (...args: unknown[]) => Promise<QueryResult>;
    const prepared = typeof text === 'string' && Array.isArray(values) ? { text, values } : undefined;
    if (prepared !== undefined && isCopy(prepared.text)) return this.#watch(sendCopy(send, prepared));
    const name = prepared && nameOf(prepared.text);
    const sent = name === undefined ? send(text, values, ...rest) : send({ name, ...prepared }, ...rest);
    if (!(sent instanceof Promise)) return sent;
    return this.#watch(sent, (code) => {
      if (name !== undefined && STALE_STATEMENT.includes(code)) rename(text as string, name);
    });
  }

  /** Ends the connection after an error that makes it unusable. */
  #watch(sent: Promise<QueryResult>, onError: (code: string) => void = () => {}): Promise<QueryResult> {
    return sent.catch((error: unknown) => {
      const code = databaseErrorOf(error)?.code ?? '';
      if (UNUSABLE_CONNECTION.includes(code)) void this.end();
      onError(code);
      throw error;
    });
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    const { stream } = this.connection;
    stream.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      stream.uncork();
    });
  }
}

/** @throws TypeError if the values are no messages: the connection could not be used after them */
function sendCopy(
  send: (query: CopyQuery) => unknown,
  { text, values }: { readonly text: string; readonly values: readonly unknown[] },
): Promise<QueryResult> {
  const messages = values.filter((value) => Buffer.isBuffer(value));
  if (messages.length < values.length) throw new TypeError('the data of a COPY are buffers');
  const sent = new Promise<QueryResult>((resolve, reject) => {
    send(new CopyQuery(text, messages, (error, result) => (error ? reject(error) : resolve(result))));
  });
  return sent.catch((error: Error) => {
    // As pg does for its own: the stack then leads to the caller, not to the socket.
    Error.captureStackTrace(error);
    throw error;
  });
}

/** A hash of the text: behind a pooler that shares sessions among processes, equal names are equal statements. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= NAMES_MAX) return known;
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
  names.set(text, name);
  return name;
}

/** Makes every connection prepare the text again; does nothing if an error on another connection renamed it before. */
function rename(text: string, name: string): void {
  const [digest, times = '0'] = name.split('-');
  if (names.get(text) === name) names.set(text, `${digest}-${Number(times) + 1}`);
}
