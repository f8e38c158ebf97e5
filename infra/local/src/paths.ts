import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository: dist/ and src/ are equally deep. */
export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Everything that the local stack writes; ignored by git. */
export const LOCAL = join(REPOSITORY, '.local');

/** Programs fetched by Maven; may be deleted at any time, is fetched again then. */
export const PARTS = join(LOCAL, 'parts');

/** Makes a folder that other users may pass through, whatever the umask: Postgres runs as another one. */
export function makeFolder(folder: string): string {
  const made = mkdirSync(folder, { recursive: true });
  if (made !== undefined) {
    for (let at = folder; at.length >= made.length; at = join(at, '..')) chmodSync(at, 0o755);
  }
  return folder;
}

/** Brings the database at DATABASE_URL up to date. */
export const MIGRATE = join(REPOSITORY, 'libs/persistence/dist/migrate.js');

/** Makes the topics and registers the schemas. */
export const SET_UP_MESSAGING = join(REPOSITORY, 'libs/messaging/dist/setup.js');
