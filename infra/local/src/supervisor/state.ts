import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL } from '../paths.js';
import type { ProcessIdentity } from '../process-identity.js';
import type { StackSettings } from '../settings.js';

/** `unhealthy`: it was ready and runs, but does not answer now, or answers that it is not ready. */
export type PartState =
  | 'waiting'
  | 'starting'
  | 'ready'
  | 'unhealthy'
  | 'restarting'
  | 'stopping'
  | 'stopped'
  | 'external';

export interface PartStatus {
  readonly name: string;
  readonly state: PartState;
  readonly port: number | undefined;
  readonly pid: number | undefined;
  /** Milliseconds since the epoch, of the program that runs now. */
  readonly startedAt: number | undefined;
  readonly restarts: number;
  /** Why it is not ready, or where it is if it is not ours. */
  readonly detail: string | undefined;
}

export type StackPhase = 'starting' | 'ready' | 'stopping' | 'stopped' | 'failed';

/** What the supervisor tells everyone else, in a file: readable even when it is gone. */
export interface StackState {
  readonly supervisor: ProcessIdentity;
  readonly phase: StackPhase;
  /** What is being done, or why it failed. */
  readonly message: string | undefined;
  readonly parts: readonly PartStatus[];
}

/** What the supervisor is told: written by `make up`, read once; holds secrets. */
export interface StackPlan {
  readonly settings: StackSettings;
  readonly environment: Readonly<Record<string, string>>;
}

/** The files of one stack. */
export interface StackFiles {
  readonly root: string;
  readonly state: string;
  readonly plan: string;
  readonly secrets: string;
  readonly upLock: string;
  readonly logs: string;
  readonly pids: string;
}

export function stackFiles(root: string = LOCAL): StackFiles {
  return {
    root,
    state: join(root, 'state.json'),
    plan: join(root, 'plan.json'),
    secrets: join(root, 'secrets.json'),
    upLock: join(root, 'up.lock'),
    logs: join(root, 'logs'),
    pids: join(root, 'pids'),
  };
}

export function readState(files: StackFiles): StackState | undefined {
  return readJson<StackState>(files.state);
}

export function readPlan(files: StackFiles): StackPlan | undefined {
  return readJson<StackPlan>(files.plan);
}

/** Whole or not at all: readers look at any time. */
export function writeJson(file: string, value: unknown): void {
  const incoming = `${file}.${process.pid}`;
  writeFileSync(incoming, JSON.stringify(value, null, 2), { mode: 0o600 });
  renameSync(incoming, file);
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
