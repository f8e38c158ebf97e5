import '@payments/runtime/require-node';
import { ConfigError, postgresSettings, processEnv, readConfig } from '@payments/runtime';
import { databaseErrorOf } from './database-error.js';
import { migrate } from './run-migrations.js';

/** `node dist/migrate.js`: brings the database at DATABASE_URL up to date and prints what it did. */
try {
  const config = readConfig({ DATABASE_URL: postgresSettings.DATABASE_URL }, processEnv());
  const done = await migrate(config.DATABASE_URL);
  process.stdout.write(done.length === 0 ? 'database is up to date\n' : `${done.join('\n')}\n`);
} catch (error) {
  const known = error instanceof ConfigError ? error : databaseErrorOf(error);
  process.stderr.write(`${known ? known.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
