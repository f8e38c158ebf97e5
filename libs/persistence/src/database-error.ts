import { QueryFailedError } from 'typeorm';

/** Postgres answered, and refused: `code` is the SQLSTATE (five characters, PostgreSQL docs, appendix A). */
export interface StatementError {
  readonly kind: 'statement';
  readonly code: string;
  readonly message: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
  /** Names values of the row, never bodies. */
  readonly detail?: string;
}

/** Postgres did not answer: nothing is known about the statement, a COMMIT included. */
export interface UnavailableError {
  readonly kind: 'unavailable';
  readonly code: UnavailableCode;
  readonly message: string;
}

export type DatabaseError = StatementError | UnavailableError;

/** Operating system codes of a connection that could not be made or was lost. */
const SOCKET_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // the Unix socket of a stopped server
] as const;

/** What pg and pg-pool say in words only (pg 8.23, pg-pool 3). */
const SPOKEN = [
  ['timeout exceeded when trying to connect', 'POOL_TIMEOUT'],
  ['Connection terminated due to connection timeout', 'CONNECT_TIMEOUT'],
  ['timeout expired', 'CONNECT_TIMEOUT'],
  ['Query read timeout', 'READ_TIMEOUT'],
  ['Connection terminated', 'CONNECTION_LOST'],
  ['Client has encountered a connection error', 'CONNECTION_LOST'],
  ['Client was closed and is not queryable', 'CONNECTION_LOST'],
  ['Cannot use a pool after calling end on the pool', 'CLOSED'],
] as const;

export type UnavailableCode = (typeof SOCKET_CODES)[number] | (typeof SPOKEN)[number][1];

/**
 * What the database, or the way to it, said, unwrapped from TypeORM's and pg's errors and from the `cause`
 * chain. `undefined`: the error is not the database's.
 */
export function databaseErrorOf(error: unknown): DatabaseError | undefined {
  let current = error;
  // A chain longer than this is a loop.
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if (current instanceof QueryFailedError) {
      current = current.driverError;
      continue;
    }
    const found = statementErrorOf(current) ?? unavailableErrorOf(current);
    if (found) return found;
    current = current.cause;
  }
  return undefined;
}

/** The SQLSTATE of `error`, if Postgres gave one. */
export function sqlState(error: unknown): string | undefined {
  const found = databaseErrorOf(error);
  return found?.kind === 'statement' ? found.code : undefined;
}

function statementErrorOf(error: Error): StatementError | undefined {
  const fields = error as unknown as Readonly<Record<string, unknown>>;
  const { code } = fields;
  // Node's own codes are words; pg's DatabaseError always carries the severity beside the SQLSTATE.
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || typeof fields.severity !== 'string') {
    return undefined;
  }
  return {
    kind: 'statement',
    code,
    message: error.message,
    ...textField(fields, 'constraint'),
    ...textField(fields, 'table'),
    ...textField(fields, 'column'),
    ...textField(fields, 'detail'),
  };
}

function textField<N extends string>(
  fields: Readonly<Record<string, unknown>>,
  name: N,
): Partial<Record<N, string>> {
  const value = fields[name];
  return typeof value === 'string' ? ({ [name]: value } as Record<N, string>) : {};
}

function unavailableErrorOf(error: Error): UnavailableError | undefined {
  // A name with several addresses fails as one AggregateError.
  const socketCode = (error as { code?: unknown }).code;
  const code =
    SOCKET_CODES.find((known) => known === socketCode) ??
    SPOKEN.find(([words]) => error.message.startsWith(words))?.[1];
  return code === undefined ? undefined : { kind: 'unavailable', code, message: error.message };
}
