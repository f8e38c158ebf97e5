import { readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './paths.js';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.js';
import { until } from './until.js';

/** Runs the work while no other process does. A lock whose owner is gone is taken over. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  { timeoutMs = 600_000, onWait }: { timeoutMs?: number; onWait?: (owner: ProcessIdentity) => void } = {},
): Promise<T> {
  makeFolder(dirname(file));
  let told = false;
  await until(
    () => {
      if (tryLock(file)) return true;
      const owner = lockOwner(file);
      if (owner !== undefined && !told) {
        told = true;
        onWait?.(owner);
      }
      return false;
    },
    { timeoutMs, everyMs: 100, what: `the lock ${file}` },
  );
  try {
    return await work();
  } finally {
    unlinkSync(file);
  }
}

/** The living process that holds the lock. */
export function lockOwner(file: string): ProcessIdentity | undefined {
  const owner = readIdentity(file);
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

export function readIdentity(file: string): ProcessIdentity | undefined {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

function tryLock(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify(identityOf(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (lockOwner(file) === undefined) setAside(file);
  return false;
}

/** Renamed first: of two processes that find the same stale lock, one removes it and the other fails. */
function setAside(file: string): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
    unlinkSync(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
