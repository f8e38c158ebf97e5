import { join } from 'node:path';
import { type Command, type Exit, type Running, run, tailOf } from './program.js';
import { until } from './until.js';

/** How one part is run; what the parts/ files describe. */
export interface PartPlan {
  readonly name: string;
  /** The port that it is known by. */
  readonly port: number;
  /** As the services' settings want it. */
  readonly url: string;
  readonly command: Command;
  /** Before each start: folders, first initialisation. Finds out by itself what is left to do. */
  prepare(): Promise<void>;
  /** Throws or yields false until the part answers. */
  isReady(): Promise<boolean>;
  /** Asks for an orderly end. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** Killed if not gone after so many milliseconds. */
  readonly stopDeadlineMs: number;
  readonly startDeadlineMs: number;
}

export interface PartFolders {
  readonly logs: string;
  readonly pids: string;
  /** What becomes of the part when this process dies: killed at once, or ended in order. */
  readonly onParentDeath: 'kill' | 'stop';
}

/** One program of the stack: started, awaited, stopped, killed, and started again on the same port and data. */
export class Part {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly logFile: string;
  readonly plan: PartPlan;
  readonly #folders: PartFolders;
  #running: Running | undefined;

  constructor(plan: PartPlan, folders: PartFolders) {
    this.name = plan.name;
    this.port = plan.port;
    this.url = plan.url;
    this.plan = plan;
    this.logFile = join(folders.logs, `${plan.name}.log`);
    this.#folders = folders;
  }

  get pid(): number | undefined {
    return this.#running?.identity.pid;
  }

  /** Settles when the program that runs now has ended; undefined when none runs. */
  get exited(): Promise<Exit> | undefined {
    return this.#running?.exited;
  }

  /** Starts it and resolves once it answers. Nothing happens if it runs already. */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    await this.plan.prepare();
    this.#launch();
    try {
      await this.#untilReady();
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  #launch(): void {
    const { pids, onParentDeath } = this.#folders;
    const running = run(this.plan.command, {
      logFile: this.logFile,
      pidFile: join(pids, `${this.name}.json`),
      deathSignal: onParentDeath === 'kill' ? 'SIGKILL' : this.plan.stopSignal,
    });
    this.#running = running;
    const forget = () => {
      if (this.#running === running) this.#running = undefined;
    };
    void running.exited.then(forget, forget);
  }

  /** Rejects when it exits before it answers, or takes too long. */
  async #untilReady(): Promise<void> {
    const running = this.#running;
    if (running === undefined) throw new Error(this.#complaint('exited at once'));
    let exit: Exit | undefined;
    const watched = running.exited.then((value) => {
      exit = value;
    });
    await Promise.race([
      watched.then(() => undefined),
      until(() => exit !== undefined || this.plan.isReady(), {
        timeoutMs: this.plan.startDeadlineMs,
        everyMs: 100,
        what: this.name,
      }).catch((error: unknown) => {
        throw new Error(this.#complaint('does not answer'), { cause: error });
      }),
    ]);
    if (exit !== undefined) {
      const { code, signal } = exit;
      throw new Error(this.#complaint(`exited with ${signal ?? `code ${code}`} before it was ready`));
    }
  }

  /** An orderly end; killed when it takes longer than its deadline. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.kill(this.plan.stopSignal);
    const timer = setTimeout(() => running.kill('SIGKILL'), this.plan.stopDeadlineMs);
    await running.exited.catch(() => undefined);
    clearTimeout(timer);
  }

  /** SIGKILL: as if the machine had lost power, for this part alone. */
  async kill(): Promise<void> {
    const running = this.#running;
    running?.kill('SIGKILL');
    await running?.exited.catch(() => undefined);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #complaint(what: string): string {
    return `${this.name} ${what}. The end of ${this.logFile}:\n${tailOf(this.logFile)}`;
  }
}
