/** `undefined` when ready, otherwise the reason. */
export type ReadinessCheck = () => string | undefined | Promise<string | undefined>;

export interface HealthReport {
  readonly ok: boolean;
  /** The reasons by check; empty when ok. */
  readonly problems: Readonly<Record<string, string>>;
}

const CHECK_TIMEOUT_MS = 2_000;

/**
 * Whether this process should receive work (readiness) and whether it should be restarted (liveness). An unavailable
 * dependency affects readiness only: a restart would not help.
 */
export class Health {
  readonly #checks = new Map<string, ReadinessCheck>();
  #notLive: string | undefined;
  #running: Promise<HealthReport> | undefined;

  /** Adds a readiness check. One that throws or takes over 2 s counts as not ready. */
  register(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check);
  }

  /** The process cannot recover: its supervisor should restart it. */
  setNotLive(reason: string): void {
    this.#notLive = reason;
  }

  liveness(): HealthReport {
    return report(this.#notLive === undefined ? [] : [['live', this.#notLive]]);
  }

  /** Runs the checks. Concurrent callers share a run, so that probes add no load. */
  readiness(): Promise<HealthReport> {
    this.#running ??= this.#runChecks().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #runChecks(): Promise<HealthReport> {
    const outcomes = await Promise.all(
      Array.from(this.#checks, async ([name, check]) => [name, await outcomeOf(check)] as const),
    );
    return report(outcomes.filter((outcome): outcome is [string, string] => outcome[1] !== undefined));
  }
}

async function outcomeOf(check: ReadinessCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, `no answer within ${CHECK_TIMEOUT_MS} ms`);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

function report(problems: readonly (readonly [string, string])[]): HealthReport {
  return { ok: problems.length === 0, problems: Object.fromEntries(problems) };
}
