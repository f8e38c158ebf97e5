import { existsSync } from 'node:fs';
import { runNodeProgram } from '../node-program.js';
import { MIGRATE } from '../paths.js';

/** Gives a database its tables, by the program that also does it in production. */
export async function runMigrations(databaseUrl: string): Promise<void> {
  if (!existsSync(MIGRATE)) {
    process.stderr.write(`${MIGRATE} does not exist: test databases stay empty\n`);
    return;
  }
  await runNodeProgram(MIGRATE, { DATABASE_URL: databaseUrl }, 'making the tables');
}
