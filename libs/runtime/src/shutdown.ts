import type { Logger } from './logger.js';

/** A step of the shutdown; `deadline` aborts when time is up. */
export type ShutdownStep = (deadline: AbortSignal) => void | Promise<void>;

const EXIT_FAILED = 1;

/** Shuts a process down: runs its steps in sequence, last one first, within a deadline. */
export class Shutdown {
  readonly #logger: Logger;
  readonly #deadlineMs: number;
  readonly #steps: { readonly name: string; readonly run: ShutdownStep }[] = [];
  readonly #begun = new AbortController();
  #exitCode = 0;

  constructor({ logger, deadlineMs }: { readonly logger: Logger; readonly deadlineMs: number }) {
    this.#logger = logger;
    this.#deadlineMs = deadlineMs;
  }

  /** Aborts as soon as the shutdown begins. */
  get signal(): AbortSignal {
    return this.#begun.signal;
  }

  add(name: string, run: ShutdownStep): void {
    this.#steps.push({ name, run });
  }

  /** Begins the shutdown. Later calls only affect the exit code: the first one that is not 0 stays. */
  begin(exitCode: number): void {
    if (this.#exitCode === 0) this.#exitCode = exitCode;
    this.#begun.abort(new DOMException('shutting down', 'AbortError'));
  }

  /**
   * Waits until the shutdown has begun and all steps have run.
   *
   * @param starting settles when no further steps will be added
   * @returns the exit code: 1 also if a step failed or the deadline passed
   */
  async finished(starting: Promise<void>): Promise<number> {
    await this.#untilBegun();
    const startedAt = performance.now();
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(new Error('the shutdown deadline passed')),
      this.#deadlineMs,
    );
    const inTime = await Promise.race([this.#runSteps(starting, deadline.signal), aborted(deadline.signal)]);
    clearTimeout(timer);
    if (inTime !== true) {
      this.#logger.error({ deadline_ms: this.#deadlineMs }, 'the shutdown did not end in time');
      return EXIT_FAILED;
    }
    const duration_ms = Math.round(performance.now() - startedAt);
    this.#logger.info({ duration_ms, exit_code: this.#exitCode }, 'stopped');
    return this.#exitCode;
  }

  /** Keeps the process alive, which waiting for a signal does not. */
  async #untilBegun(): Promise<void> {
    const keepRunning = setInterval(() => {}, 2 ** 30);
    await aborted(this.signal);
    clearInterval(keepRunning);
  }

  async #runSteps(starting: Promise<void>, deadline: AbortSignal): Promise<true> {
    await this.#runPresentSteps(deadline);
    // A start in progress may still open resources: they are closed as well.
    await starting.catch(() => {});
    await this.#runPresentSteps(deadline);
    return true;
  }

  async #runPresentSteps(deadline: AbortSignal): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined && !deadline.aborted; step = this.#steps.pop()) {
      const { name } = step;
      this.#logger.debug({ step: name }, 'shutdown step');
      try {
        await step.run(deadline);
      } catch (error) {
        this.#exitCode ||= EXIT_FAILED;
        this.#logger.error({ err: error, step: name }, 'a shutdown step failed');
      }
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
