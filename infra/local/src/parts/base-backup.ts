import { constants } from 'node:fs';
import { chown, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { Account } from '../program.js';

/** What a server makes anew, by the list of pg_basebackup; the folders stay, empty. */
const EMPTIED: ReadonlySet<string> = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  // The standby streams it: the slot keeps it.
  'pg_wal',
]);
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|backup_label.*|tablespace_map.*|(standby|recovery)\.signal|pgsql_tmp.*|pg_internal\.init.*)$/;
/** Last, so that it is never older than what it speaks of. */
const CONTROL_FILE = join('global', 'pg_control');

export interface BaseBackupOptions {
  /** On the server that is copied, as a superuser. */
  readonly client: Client;
  /** Its data folder. */
  readonly from: string;
  /** Must not exist. */
  readonly to: string;
  /** Owner of the copy, unless it is this process. */
  readonly account: Account | undefined;
}

/**
 * Copies the data folder of a running server as a standby of it: what pg_basebackup does, which the npm package
 * lacks, in the steps of the PostgreSQL documentation, 25.3.4 (low level API).
 */
export async function copyRunningServer({ client, from, to, account }: BaseBackupOptions): Promise<void> {
  await client.query(`SELECT pg_backup_start('replica', fast => true)`);
  const owned = async (file: string) => {
    if (account !== undefined) await chown(file, account.uid, account.gid);
  };
  await copyFolder(from, to, '', owned);
  await copyInto(from, to, CONTROL_FILE, owned);
  const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)');
  for (const [name, text] of [
    ['backup_label', String(rows[0].labelfile)],
    ['standby.signal', ''],
  ] as const) {
    await writeFile(join(to, name), text, { mode: 0o600 });
    await owned(join(to, name));
  }
}

type Own = (file: string) => Promise<void>;

async function copyFolder(from: string, to: string, path: string, owned: Own): Promise<void> {
  await mkdir(join(to, path), { mode: 0o700 });
  await owned(join(to, path));
  if (EMPTIED.has(path)) return;
  const entries = await unlessGone(readdir(join(from, path), { withFileTypes: true }));
  for (const entry of entries ?? []) {
    const inner = join(path, entry.name);
    if (LEFT_OUT.test(entry.name) || inner === CONTROL_FILE) continue;
    if (entry.isDirectory()) await copyFolder(from, to, inner, owned);
    else await copyInto(from, to, inner, owned);
  }
}

async function copyInto(from: string, to: string, path: string, owned: Own): Promise<void> {
  const copied = copyFile(join(from, path), join(to, path), constants.COPYFILE_FICLONE).then(() => true);
  if (await unlessGone(copied)) await owned(join(to, path));
}

/** What a running server removes while it is copied is removed again by the log that the copy replays. */
async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
