import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportVariable, processEnvironment } from '../environment.js';
import { postgresUrl, withClient } from '../parts/postgres.js';
import { runMigrations } from './migrations.js';
import { type OwnStack, startOwnStack } from './own-stack.js';

/** What every test of one run may use; topics, databases and keys of its own keep them apart. */
export interface SharedStack {
  readonly kafkaBrokers: string[];
  readonly registryUrl: string;
  readonly redisUrl: string;
  /** A migrated database that all share; better take one of your own: createTestDatabase(). */
  readonly databaseUrl: string;
}

/** Migrated once; every test database is a copy of it. */
export const TEMPLATE = 'payments_template';

/** Names the file that tells the workers of this run where the stack is. */
const VARIABLE = 'PAYMENTS_TEST_STACK';

let running: OwnStack | undefined;

export async function startSharedStack(): Promise<void> {
  const startedAt = performance.now();
  running = await startOwnStack({ parts: ['kafka', 'postgres', 'registry', 'redis'], migrate: false });
  const { postgres, kafkaBrokers, registryUrl, redisUrl, databaseUrl, folder } = running;
  await withClient(postgresUrl(postgres.port, 'postgres'), async (client) => {
    await client.query(`CREATE DATABASE ${TEMPLATE}`);
    await runMigrations(postgresUrl(postgres.port, TEMPLATE));
    await client.query('DROP DATABASE payments');
    await client.query(`CREATE DATABASE payments TEMPLATE ${TEMPLATE}`);
  });
  const stack: SharedStack = { kafkaBrokers, registryUrl, redisUrl, databaseUrl };
  const file = join(folder, 'stack.json');
  writeFileSync(file, JSON.stringify(stack));
  exportVariable(VARIABLE, file);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stderr.write(`test stack ready after ${seconds} s: Kafka, registry, Postgres, Redis (${folder})\n`);
}

export async function stopSharedStack(): Promise<void> {
  await running?.stop();
  running = undefined;
}

/** Where the stack of this test run is; started once by jest's globalSetup for the integration tests. */
export function sharedStack(): SharedStack {
  const file = processEnvironment()[VARIABLE];
  if (file === undefined) {
    throw new Error('there is no test stack: run integration tests with `npm test -- --selectProjects int`');
  }
  return JSON.parse(readFileSync(file, 'utf8')) as SharedStack;
}
