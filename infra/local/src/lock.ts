import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './paths.js';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.js';
import { until } from './until.js';

export interface LockOptions {
  /** Gives up after so many milliseconds of waiting. */
  readonly timeoutMs?: number;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
  /** Called once, if a living process holds the lock. */
  readonly onWait?: (owner: ProcessIdentity) => void;
}

/** Runs the work while no other process does. A lock whose owner is gone is taken over. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  { timeoutMs = 600_000, everyMs = 100, onWait }: LockOptions = {},
): Promise<T> {
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
    { timeoutMs, everyMs, what: `the lock ${file}` },
  );
  try {
    return await work();
  } finally {
    release(file);
  }
}

/** The living process that holds the lock. */
export function lockOwner(file: string): ProcessIdentity | undefined {
  const owner = readIdentity(file);
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

export function readIdentity(file: string): ProcessIdentity | undefined {
  try {
    return parseIdentity(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function parseIdentity(content: string): ProcessIdentity | undefined {
  try {
    const { pid, startedAt } = JSON.parse(content) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where there is no file. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Records this process in the file, which others never see half written. */
export function writeIdentity(file: string): void {
  renameSync(ownIdentityBeside(file), file);
}

function tryLock(file: string): boolean {
  makeFolder(dirname(file));
  if (tryLink(file)) return true;
  if (isStale(file)) removeStale(file);
  return false;
}

/** A link appears at once with its content, and fails if the name is taken: `wx` would show an empty file first. */
function tryLink(file: string): boolean {
  const own = ownIdentityBeside(file);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function ownIdentityBeside(file: string): string {
  const own = `${file}.${process.pid}`;
  // A process of this id that was killed may have left it, as a second name of the very lock.
  rmSync(own, { force: true });
  writeFileSync(own, JSON.stringify(identityOf(process.pid)), { flag: 'wx' });
  return own;
}

/**
 * Between judging a lock and removing it, another process may have removed it and a third have taken it anew. So
 * only the holder of a second lock removes stale ones: then what it judged is what it removes.
 */
function removeStale(file: string): void {
  const guard = `${file}.takeover`;
  if (!tryLink(guard)) {
    if (isStale(guard)) setAside(guard);
    return;
  }
  try {
    if (isStale(file)) rmSync(file, { force: true });
  } finally {
    release(guard);
  }
}

/** For the guard of a process that was killed within those few calls: renamed, looked at again, put back if alive. */
function setAside(guard: string): void {
  const aside = `${guard}.stale-${process.pid}`;
  try {
    renameSync(guard, aside);
    if (!isStale(aside)) linkSync(aside, guard);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * The file is there, and its process is gone. Read again after that was found: the process may have given the
 * lock back and ended between the two, and another hold it since.
 */
function isStale(file: string): boolean {
  const content = contentOf(file);
  if (content === undefined) return false;
  const owner = parseIdentity(content);
  if (owner !== undefined && isAlive(owner)) return false;
  return contentOf(file) === content;
}

/** Removes the lock if it is this process's own: the folder may have been cleared, and another hold it since. */
function release(file: string): void {
  const owner = readIdentity(file);
  if (owner?.pid === process.pid && isAlive(owner)) rmSync(file, { force: true });
}
