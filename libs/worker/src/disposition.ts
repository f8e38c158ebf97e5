import { SealBrokenError, SealKeyUnknownError } from '@payments/contracts';
import {
  type ConsumedRecord,
  QueueFullError,
  RegistryUnavailableError,
  SchemaAheadError,
  SendDeadlineError,
  UndecodableError,
  UnknownSchemaIdError,
} from '@payments/messaging';
import { type DatabaseError, databaseErrorOf, VersionConflictError } from '@payments/persistence';

/**
 * What a worker does about an error:
 *
 * - `row`: one bad row in the batch; bisect, dead-letter the culprit, commit the rest
 * - `message`: the message's own fault; dead-letter it at once
 * - `partition-missing`: our housekeeping; make the partition and run again
 * - `conflict`: another transaction won; run again
 * - `down`: a dependency does not answer; wait, probe, go on. Never dead-letter
 * - `passing`: anything else; try again later, a bounded number of times
 */
export type DispositionKind = 'row' | 'message' | 'partition-missing' | 'conflict' | 'down' | 'passing';

export interface Disposition {
  readonly kind: DispositionKind;
  /** Stable and searchable; part of the dead letter's headers. */
  readonly code: string;
}

/** Thrown by a decoder or a handler for a message that can never be processed; `code` says why. */
export class PoisonError extends Error {
  override readonly name = 'PoisonError';
  readonly code: string;
  /** Replaces parts of the record in its dead letter, and adds headers to it. */
  readonly letter: Partial<Pick<ConsumedRecord, 'key' | 'value' | 'headers'>>;

  constructor(
    code: string,
    message: string,
    { letter = {}, ...options }: ErrorOptions & { readonly letter?: PoisonError['letter'] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.letter = letter;
  }
}

/** Redis is up but did not answer in time. */
export class CacheLateError extends Error {
  override readonly name = 'CacheLateError';
}

/** SQLSTATEs, or their two-character classes, by what they mean for a batch. The longer entry wins. */
const SQLSTATES: Readonly<Record<string, DispositionKind>> = {
  '22': 'row', // data exception: out of range, NUL in text, bad encoding
  '23502': 'row', // not null
  '23503': 'row', // foreign key
  '23514': 'row', // check
  '0A000': 'conflict', // a migration changed what a prepared statement returns: it is prepared anew
  '40001': 'conflict', // serialization failure
  '40P01': 'conflict', // deadlock
  '08': 'down', // connection
  '25006': 'down', // read-only transaction: a demoted primary
  '25P03': 'down', // idle in transaction for too long
  '26': 'down', // a pooler gave another session, which does not know what was prepared
  '28': 'down', // a password that was rotated
  '3D': 'down', // no such database
  '42': 'down', // a service deployed before its migration, or without rights
  '53': 'down', // out of disk, memory, connections
  '55P03': 'down', // a lock was waited for in vain: a migration or a backup has it, for as long as it takes
  '57': 'down', // shutdown, crash, statement cancelled
  '58': 'down', // input/output of the server's system
  XX: 'down', // corruption
};

/**
 * The only place that classifies errors. `23505` has no entry: all our statements handle duplicate keys (`ON
 * CONFLICT`), so one that surfaces is unexpected and transient.
 */
export function disposition(error: unknown): Disposition {
  if (error instanceof PoisonError) return { kind: 'message', code: error.code };
  if (error instanceof SealBrokenError) return { kind: 'message', code: 'FORGED' };
  if (error instanceof UndecodableError) return { kind: 'message', code: 'UNDECODABLE' };
  if (error instanceof UnknownSchemaIdError) return { kind: 'message', code: 'UNKNOWN_SCHEMA_ID' };
  // Of a release that is not everywhere yet.
  if (error instanceof SchemaAheadError) return { kind: 'down', code: 'SCHEMA_AHEAD' };
  if (error instanceof SealKeyUnknownError) return { kind: 'down', code: 'SEAL_KEY_UNKNOWN' };
  if (error instanceof RegistryUnavailableError) return { kind: 'down', code: 'REGISTRY_UNAVAILABLE' };
  if (error instanceof SendDeadlineError) return { kind: 'down', code: 'BROKER_UNAVAILABLE' };
  if (error instanceof CacheLateError) return { kind: 'down', code: 'REDIS_LATE' };
  if (error instanceof QueueFullError) return { kind: 'down', code: 'PRODUCER_QUEUE_FULL' };
  if (error instanceof VersionConflictError) return { kind: 'conflict', code: 'VERSION_CONFLICT' };
  const inDatabase = databaseErrorOf(error);
  if (inDatabase) return ofDatabase(inDatabase);
  return { kind: 'passing', code: 'UNEXPECTED' };
}

/** A registry of several nodes may hear of a new schema a little later than its first records come. */
const UNKNOWN_SCHEMA_MS_MAX = 10_000;

/** What an error means that a record could not be read for. By the clock of the record's sender, which may be ahead. */
export function dispositionOfUnread(
  error: unknown,
  { timestamp }: Pick<ConsumedRecord, 'timestamp'>,
): Disposition {
  const { kind, code } = disposition(error);
  const isFresh = Math.abs(Date.now() - timestamp) < UNKNOWN_SCHEMA_MS_MAX;
  return { kind: error instanceof UnknownSchemaIdError && isFresh ? 'down' : kind, code };
}

function ofDatabase(error: DatabaseError): Disposition {
  if (error.kind === 'unavailable') return { kind: 'down', code: 'DATABASE_UNAVAILABLE' };
  const code = error.code;
  // Postgres reports a row without a matching partition as a check violation without a constraint name.
  if (code === '23514' && error.constraint === undefined) return { kind: 'partition-missing', code };
  return { kind: SQLSTATES[code] ?? SQLSTATES[code.slice(0, 2)] ?? 'passing', code };
}
