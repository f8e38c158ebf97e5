import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockOwner, readIdentity, writeIdentity } from './lock.js';
import { postgresAccount, reachableFolder } from './parts/postgres-account.js';
import { makeFolder } from './paths.js';
import { signal } from './process-identity.js';

/** Where one stack keeps what it writes. */
export interface StackFolder {
  readonly root: string;
  readonly logs: string;
  readonly pids: string;
}

function stackFolder(root: string): StackFolder {
  return { root, logs: join(root, 'logs'), pids: join(root, 'pids') };
}

/** Makes the folder and records that it is ours, for as long as this process lives. */
export function claimStackFolder(root: string): StackFolder {
  const folder = stackFolder(makeFolder(root));
  writeIdentity(join(root, 'owner.json'));
  return folder;
}

/** Ends what processes killed in mid-run have left below this folder, and removes their data. */
export function removeAbandoned(parent: string): void {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const root = join(parent, name);
    const isNew = !existsSync(join(root, 'owner.json'));
    if (isNew || lockOwner(join(root, 'owner.json')) !== undefined) continue;
    killRecorded(stackFolder(root).pids);
    removeStackFolder(root);
  }
}

/** Removes the data of a stopped stack, wherever Postgres had to keep its own, except what is to stay. */
export function removeStackData(root: string, stays: readonly string[] = []): void {
  const outside = ['postgres', 'replica'].map((name) => reachableFolder(join(root, name), postgresAccount()));
  const inside = readdirSync(root).filter((name) => !stays.includes(name));
  for (const folder of [...outside, ...inside.map((name) => join(root, name))]) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes the stack as if it had never been. */
export function removeStackFolder(root: string): void {
  removeStackData(root);
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}

function killRecorded(pids: string): void {
  if (!existsSync(pids)) return;
  for (const name of readdirSync(pids)) {
    const identity = readIdentity(join(pids, name));
    if (identity !== undefined) signal(identity, 'SIGKILL');
  }
}
