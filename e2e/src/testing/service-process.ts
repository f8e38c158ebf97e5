import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  boundToParent,
  childEnvironment,
  freePorts,
  SERVICE_NODE_FLAGS,
  until,
} from '@payments/local/testing';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const OUTPUT_CHARS_KEPT = 20_000;
/** A second on an idle machine. */
const START_MS_MAX = 90_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

// For systems on which a child cannot be bound to its parent: then it is killed at a regular exit of this process.
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/**
 * A service in a process of its own, as in production. It can be stopped, killed and started again on the same port. It
 * is killed if this process ends first.
 */
export class ServiceProcess {
  readonly name: string;
  readonly port: number;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #exited: Promise<Exit> | undefined;
  #output = '';

  private constructor(name: string, port: number, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.port = port;
    this.#env = env;
  }

  /** Resolves once it is ready. */
  static async start(name: string, env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const [port] = (await freePorts(1)) as [number];
    const service = new ServiceProcess(name, port, env);
    await service.start();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** The end of its output, for error messages. */
  get output(): string {
    return this.#output;
  }

  async start(): Promise<void> {
    this.launch();
    await this.untilReady();
  }

  /** Starts it without waiting until it is ready. */
  launch(): void {
    const program = `${REPOSITORY}services/${this.name}/dist/main.js`;
    const { file, args } = boundToParent(
      { file: process.execPath, args: [...SERVICE_NODE_FLAGS, program] },
      'SIGKILL',
    );
    const child = spawn(file, args, {
      env: childEnvironment({ ...this.#env, PORT: String(this.port) }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString('utf8')).slice(-OUTPUT_CHARS_KEPT);
      });
    }
    alive.add(child);
    this.#child = child;
    this.#exited = once(child, 'exit').then(([code, signal]: Exit[keyof Exit][]) => {
      alive.delete(child);
      if (this.#child === child) this.#child = undefined;
      return { code, signal } as Exit;
    });
  }

  async untilReady(): Promise<void> {
    const ready = async () => {
      if (!this.running) throw new Error(`${this.name} exited:\n${this.#output}`);
      const answer = await fetch(`${this.url}/health/ready`);
      await answer.arrayBuffer();
      return answer.ok;
    };
    await until(ready, { timeoutMs: START_MS_MAX, what: `${this.name} to be ready` });
  }

  /** Kills it, as a power failure would. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exited;
  }

  /** Requests an orderly shutdown without waiting for it; see `exited`. */
  terminate(): void {
    this.#child?.kill('SIGTERM');
  }

  /** Resolves when the current process, or the last one, has ended. */
  get exited(): Promise<Exit> {
    if (this.#exited === undefined) throw new Error(`${this.name} was never started`);
    return this.#exited;
  }

  async stop(): Promise<Exit> {
    this.terminate();
    return this.exited;
  }

  /** The value of one series in /metrics; 0 while it does not exist. */
  async metric(series: string): Promise<number> {
    const answer = await fetch(`${this.url}/metrics`);
    const line = (await answer.text()).split('\n').find((text) => text.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length));
  }
}
