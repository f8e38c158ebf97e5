import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from '../environment.js';
import { REPOSITORY } from '../paths.js';

const MIGRATE = join(REPOSITORY, 'libs/persistence/dist/migrate.js');

/** Gives a database its tables, by the program that also does it in production. */
export async function runMigrations(databaseUrl: string): Promise<void> {
  if (!existsSync(MIGRATE)) {
    process.stderr.write(`${MIGRATE} does not exist: test databases stay empty\n`);
    return;
  }
  const env = childEnvironment({ DATABASE_URL: databaseUrl });
  try {
    await promisify(execFile)(process.execPath, [MIGRATE], { env });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`the migrations failed:\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}
