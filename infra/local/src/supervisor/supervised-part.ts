import { setTimeout as delay } from 'node:timers/promises';
import type { Part } from '../part.js';
import { restartDelayMs, STABLE_AFTER_MS } from './backoff.js';
import type { PartState, PartStatus } from './state.js';

/** Tolerates one answer that a busy machine delays. */
const MISSED_PROBES_MAX = 1;

/** Keeps one part running until it is told to stop. */
export class SupervisedPart {
  readonly name: string;
  readonly #part: Part;
  readonly #changed: () => void;
  readonly #say: (line: string) => void;
  readonly #stopping = new AbortController();
  #state: PartState = 'waiting';
  #starting: Promise<void> | undefined;
  #startedAt: number | undefined;
  #restarts = 0;
  #restartsInARow = 0;
  #detail: string | undefined;
  #isProbed = false;
  #missedProbes = 0;

  constructor(part: Part, changed: () => void, say: (line: string) => void) {
    this.name = part.name;
    this.#part = part;
    this.#changed = changed;
    this.#say = say;
  }

  get status(): PartStatus {
    return {
      name: this.name,
      state: this.#state,
      port: this.#part.port,
      pid: this.#part.pid,
      startedAt: this.#startedAt,
      restarts: this.#restarts,
      detail: this.#detail,
    };
  }

  get logFile(): string {
    return this.#part.logFile;
  }

  /** The first start. What fails now fails for a reason that a restart does not remove. */
  async start(): Promise<void> {
    await this.#startOnce();
    void this.#keepRunning();
  }

  /**
   * Asks a running part whether it still answers: one that hangs does not exit. It is not started again for
   * that: what it hangs in, or what it waits for, would be hidden. Nothing happens while an earlier probe waits.
   */
  async probe(): Promise<void> {
    if (this.#isProbed || !this.#isRunning) return;
    this.#isProbed = true;
    const run = this.#startedAt;
    const problem = await this.#part.plan.isReady().then(
      (isReady) => (isReady ? undefined : 'answers that it is not ready'),
      () => 'does not answer',
    );
    this.#isProbed = false;
    if (!this.#isRunning || this.#startedAt !== run) return;
    this.#missedProbes = problem === undefined ? 0 : this.#missedProbes + 1;
    if (problem === undefined && this.#state === 'unhealthy') this.#enter('ready');
    if (this.#missedProbes > MISSED_PROBES_MAX && this.#detail !== problem) this.#enter('unhealthy', problem);
  }

  get #isRunning(): boolean {
    return this.#state === 'ready' || this.#state === 'unhealthy';
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#enter('stopping');
    await this.#part.stop();
    // A start that had not yet come to its program launches it now.
    await this.#starting?.catch(() => undefined);
    await this.#part.stop();
    this.#startedAt = undefined;
    this.#enter('stopped');
  }

  async #startOnce(): Promise<void> {
    if (this.#stopping.signal.aborted) throw new Error(`${this.name} was stopped before it started`);
    this.#startedAt = Date.now();
    this.#enter('starting');
    this.#starting = this.#part.start();
    await this.#starting;
    if (this.#stopping.signal.aborted) return;
    this.#missedProbes = 0;
    this.#enter('ready');
  }

  async #keepRunning(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const exit = await this.#part.exited?.catch(() => undefined);
      if (signal.aborted) return;
      const ranMs = Date.now() - (this.#startedAt ?? 0);
      this.#restartsInARow = ranMs > STABLE_AFTER_MS ? 1 : this.#restartsInARow + 1;
      const waitMs = restartDelayMs(this.#restartsInARow);
      const how =
        exit === undefined ? 'did not start' : `ended by ${exit.signal ?? `exit code ${exit.code}`}`;
      this.#startedAt = undefined;
      this.#enter('restarting', `${how}; again in ${waitMs / 1000} s`);
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.#restarts += 1;
      await this.#startOnce().catch((error: unknown) => {
        this.#say(error instanceof Error ? error.message : String(error));
      });
    }
  }

  #enter(state: PartState, detail?: string): void {
    this.#state = state;
    this.#detail = detail;
    const note = detail === undefined ? '' : `: ${detail}`;
    this.#say(`${this.name} ${state}${note}`);
    this.#changed();
  }
}
