import type { DatabaseError } from '@payments/persistence';
import type { CliError } from './cli-error.js';

const MIGRATE = 'Bring it up to date: node libs/persistence/dist/migrate.js';

/** SQLSTATEs that no repetition changes (PostgreSQL docs, appendix A), with what to do. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  '28000': 'See DATABASE_URL.',
  '28P01': 'See DATABASE_URL.',
  '3D000': 'See DATABASE_URL.',
  '42501': 'See the user of DATABASE_URL.',
  '42P01': MIGRATE,
  '42703': MIGRATE,
};

/** Failures to connect: no statement was sent. */
const BEFORE_ANY_STATEMENT: readonly string[] = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'POOL_TIMEOUT',
  'CONNECT_TIMEOUT',
];

/** How a run ends that the database failed. */
export function databaseFailure(error: DatabaseError): Pick<CliError, 'reason' | 'message'> {
  const { kind, code, message } = error;
  if (kind === 'unavailable') {
    const change = BEFORE_ANY_STATEMENT.includes(code)
      ? 'Nothing was changed.'
      : 'If this was to change something, it is not known whether it did: look, then repeat.';
    return { reason: 'failed', message: `Postgres at DATABASE_URL does not answer (${code}). ${change}` };
  }
  const refused = `Postgres refused (${code}): ${message}.`;
  const advice = ENVIRONMENT[code];
  return advice === undefined
    ? { reason: 'failed', message: refused }
    : { reason: 'usage', message: `${refused} ${advice}` };
}
