import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { boundToParent } from '@payments/local/testing';
import type { WorkerProcessOptions } from './worker-process.js';

const WORKER_PROCESS = fileURLToPath(new URL('worker-process.js', import.meta.url));

/** A worker in its own process. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #said: Promise<void>;

  constructor(options: WorkerProcessOptions) {
    const { file, args } = boundToParent(
      { file: process.execPath, args: [WORKER_PROCESS, JSON.stringify(options)] },
      'SIGKILL',
    );
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#said = this.#untilStopped();
    // Handled where it is awaited.
    this.#said.catch(() => {});
  }

  /** Resolves when the worker is blocked at its place. */
  stopped(): Promise<void> {
    return this.#said;
  }

  /** Suspends it, as if its machine were frozen or disconnected. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Resumes it. */
  thaw(): void {
    this.#child.kill('SIGCONT');
    this.#child.stdin?.write('go on\n');
  }

  /** Shuts it down in order, after its current work. */
  async end(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  /** Kills it, as a power failure would. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #untilStopped(): Promise<void> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the worker has no output');
    for await (const line of createInterface({ input: stdout })) if (line === 'stopped') return;
    throw new Error('the worker ended before it came to where it was to stop');
  }
}
