/** Postgres answered with an error: `code` is the SQLSTATE (five characters, PostgreSQL docs, appendix A). */
export interface StatementError {
  readonly kind: 'statement';
  readonly code: string;
  readonly message: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
  /** Contains values of the row, but never bodies. */
  readonly detail?: string;
}

/** Postgres did not answer: the outcome of the statement is unknown, that of a COMMIT included. */
export interface UnavailableError {
  readonly kind: 'unavailable';
  readonly code: UnavailableCode;
  readonly message: string;
}

export type DatabaseError = StatementError | UnavailableError;

/** Operating system codes of a connection that failed or was lost. */
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

/** Failures that pg and pg-pool report by message only (pg 8.23, pg-pool 3). */
const CODES_OF_MESSAGES = [
  ['timeout exceeded when trying to connect', 'POOL_TIMEOUT'],
  ['Connection terminated due to connection timeout', 'CONNECT_TIMEOUT'],
  ['timeout expired', 'CONNECT_TIMEOUT'],
  ['Query read timeout', 'READ_TIMEOUT'],
  ['Connection terminated', 'CONNECTION_LOST'],
  ['Client has encountered a connection error', 'CONNECTION_LOST'],
  ['Client was closed and is not queryable', 'CONNECTION_LOST'],
  ['Cannot use a pool after calling end on the pool', 'CLOSED'],
] as const;

export type UnavailableCode = (typeof SOCKET_CODES)[number] | (typeof CODES_OF_MESSAGES)[number][1];

/**
 * The error of the database or of the connection to it, unwrapped from TypeORM's and pg's errors and from the `cause`
 * chain; `undefined` for any other error.
 */
export function databaseErrorOf(error: unknown): DatabaseError | undefined {
  let current = error;
  // A longer chain is a loop.
  for (let depth = 0; depth < 8 && isErrorLike(current); depth += 1) {
    const found = statementErrorOf(current) ?? unavailableErrorOf(current);
    if (found) return found;
    // TypeORM's QueryFailedError keeps pg's error in a field of its own.
    current = current.driverError ?? current.cause;
  }
  return undefined;
}

/** Not `instanceof`: an error may come from another realm, as Node's own do under jest. */
interface ErrorLike extends Readonly<Record<string, unknown>> {
  readonly message: string;
}

function isErrorLike(value: unknown): value is ErrorLike {
  return (
    typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'
  );
}

/** The SQLSTATE of `error`, if Postgres gave one. */
export function sqlState(error: unknown): string | undefined {
  const found = databaseErrorOf(error);
  return found?.kind === 'statement' ? found.code : undefined;
}

function statementErrorOf(error: ErrorLike): StatementError | undefined {
  const { code } = error;
  // Node's own codes are words; pg's DatabaseError always has a severity beside the SQLSTATE.
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || typeof error.severity !== 'string') {
    return undefined;
  }
  return {
    kind: 'statement',
    code,
    message: error.message,
    ...textField(error, 'constraint'),
    ...textField(error, 'table'),
    ...textField(error, 'column'),
    ...textField(error, 'detail'),
  };
}

function textField<N extends string>(error: ErrorLike, name: N): Partial<Record<N, string>> {
  const value = error[name];
  return typeof value === 'string' ? ({ [name]: value } as Record<N, string>) : {};
}

function unavailableErrorOf(error: ErrorLike): UnavailableError | undefined {
  const code =
    SOCKET_CODES.find((known) => known === error.code) ??
    CODES_OF_MESSAGES.find(([start]) => error.message.startsWith(start))?.[1];
  return code === undefined ? undefined : { kind: 'unavailable', code, message: error.message };
}
