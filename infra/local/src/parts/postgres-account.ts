import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../paths.js';
import type { Account } from '../program.js';

const USER = 'payments-postgres';

/** For what must lie where that user can reach it, when the repository does not (below /root, say). */
const OUTSIDE = '/var/lib/payments-postgres';

/** The account that Postgres runs as: ourselves, or a user of its own because it refuses to run as root. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = findUser();
  if (known !== undefined) return known;
  const created = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--home-dir', '/', '--shell', '/usr/sbin/nologin', USER],
    { encoding: 'utf8' },
  );
  // A second process may have been quicker, so that only the outcome counts.
  const account = findUser();
  if (account !== undefined) return account;
  const why = created.error?.message ?? created.stderr.trim();
  throw new Error(
    `Postgres refuses to run as root and the user ${USER} could not be created (${why}). ` +
      `Create it (useradd --system ${USER}), run as another user, or set DATABASE_URL to a Postgres of your own.`,
  );
}

/** The folder itself if the account can get there, else a folder of the same meaning where it can. */
export function reachableFolder(folder: string, account: Account | undefined): string {
  if (account === undefined) return folder;
  const parent = dirname(folder);
  makeFolder(parent);
  if (canAs(account, 'test', ['-x', parent])) return folder;
  return join(makeFolder(OUTSIDE), createHash('sha256').update(folder).digest('hex').slice(0, 16));
}

/** The folder of Postgres' programs, copied to where the account can run them if need be. */
export function reachablePrograms(native: string, account: Account | undefined): string {
  if (account === undefined || canAs(account, join(native, 'bin', 'postgres'), ['--version'])) return native;
  const manifest = readFileSync(join(native, '..', 'package.json'));
  const version = createHash('sha256').update(native).update(manifest).digest('hex').slice(0, 12);
  const copy = join(makeFolder(OUTSIDE), `programs-${version}`);
  if (!existsSync(copy)) {
    const incoming = `${copy}.${process.pid}`;
    // Links between libraries stay links to their neighbours.
    cpSync(native, incoming, { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'a+rX', incoming]);
    if (!existsSync(copy)) renameSync(incoming, copy);
  }
  return copy;
}

function findUser(): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${USER}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

function canAs(account: Account, program: string, args: string[]): boolean {
  return spawnSync(program, args, { ...account, cwd: '/', stdio: 'ignore' }).status === 0;
}
