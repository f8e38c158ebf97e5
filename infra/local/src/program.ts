import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { childEnvironment } from './environment.js';
import { makeFolder } from './paths.js';
import { identityOf, type ProcessIdentity } from './process-identity.js';

/** The account that a program runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly account?: Account | undefined;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Running {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

export interface RunOptions {
  /** Output is appended here. */
  readonly logFile: string;
  /** Written while the program runs, so that a later run finds what this one left behind. */
  readonly pidFile: string;
  /** Sent by the kernel when this process dies, however it dies (Linux with setpriv). */
  readonly deathSignal: 'SIGKILL' | 'SIGTERM' | 'SIGINT';
}

const children = new Set<ChildProcess>();

/** Starts a program as our own child, output to its log file. */
export function run(command: Command, options: RunOptions): Running {
  makeFolder(dirname(options.logFile));
  makeFolder(dirname(options.pidFile));
  const log = openSync(options.logFile, 'a', 0o644);
  const { file, args } = boundToParent(command, options.deathSignal);
  const child = spawn(file, args, {
    cwd: command.cwd,
    env: childEnvironment(command.env ?? {}),
    stdio: ['ignore', log, log],
    // Its own process group, so that Ctrl-C reaches us alone and we stop the parts in order.
    detached: canBindToParent(),
    ...(canBindToParent() ? {} : command.account),
  });
  closeSync(log);
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', (error) => {
      children.delete(child);
      reject(new Error(`cannot start ${command.file}`, { cause: error }));
    });
    child.once('exit', (code, signal) => {
      children.delete(child);
      removeFile(options.pidFile);
      resolve({ code, signal });
    });
  });
  // Whoever awaits it gets the error; nobody has to.
  exited.catch(() => undefined);
  children.add(child);
  const identity = identityOf(child.pid ?? -1) ?? { pid: child.pid ?? -1, startedAt: 'gone' };
  writeFileSync(options.pidFile, JSON.stringify(identity));
  return { identity, exited, kill: (name) => child.kill(name) };
}

/** The end of a log, for an error message. */
export function tailOf(file: string, lines = 15): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

// For systems without setpriv: nothing outlives an orderly exit of this process.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

let bindable: boolean | undefined;

function canBindToParent(): boolean {
  bindable ??=
    process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;
  return bindable;
}

/**
 * The same command, ended by the kernel when this process dies (Linux with setpriv). setpriv(1) changes the account,
 * asks for the signal and replaces itself: the process id stays.
 */
export function boundToParent(
  command: Command,
  deathSignal: RunOptions['deathSignal'],
): { file: string; args: string[] } {
  if (!canBindToParent()) return { file: command.file, args: [...command.args] };
  const account =
    command.account === undefined
      ? []
      : ['--reuid', String(command.account.uid), '--regid', String(command.account.gid), '--clear-groups'];
  return {
    file: 'setpriv',
    args: ['--pdeathsig', deathSignal.slice('SIG'.length), ...account, command.file, ...command.args],
  };
}

function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
