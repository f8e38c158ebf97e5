import { randomBytes } from 'node:crypto';
import { withClient } from '../parts/postgres.js';
import { sharedStack, TEMPLATE } from './shared-stack.js';

export interface TestDatabase {
  readonly url: string;
  /** Ends the connections that are left and removes it. */
  drop(): Promise<void>;
}

/** A database of the test's own, with all tables and no rows. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const shared = new URL(sharedStack().databaseUrl);
  const name = uniqueName('test').replaceAll('-', '_');
  const admin = urlOf(shared, 'postgres');
  await withClient(admin, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`));
  return {
    url: urlOf(shared, name),
    async drop() {
      await withClient(admin, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** A name that no other test has: for topics, consumer groups, keys in Redis, ids of webhooks. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

function urlOf(url: URL, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
