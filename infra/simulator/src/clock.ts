interface Task {
  readonly dueMs: number;
  readonly run: () => void;
  /** Whoever waits for it must go on, even if nothing else does. */
  readonly isAwaited: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Longer timers fire at once in Node. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The simulator's time: the machine's, moved on by whoever does not want to wait for a key to expire. */
export class SimulatorClock {
  readonly #tasks = new Set<Task>();
  #offsetMs = 0;

  /** Milliseconds of the epoch. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Whole seconds of the epoch. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** Runs `run` in `delayMs` of this clock's time, unless what is returned is called before. It must not throw. */
  schedule(delayMs: number, run: () => void): () => void {
    const task = this.#add(delayMs, run, false);
    return () => this.#remove(task);
  }

  /** Resolves after `delayMs` of this clock's time, or when the clock is cleared. */
  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#add(delayMs, resolve, true);
    });
  }

  /** Moves time on; what has become due runs at once, in the order in which it was due. */
  advance(byMs: number): void {
    this.#offsetMs += byMs;
    const now = this.now();
    const tasks = [...this.#tasks].sort((left, right) => left.dueMs - right.dueMs);
    for (const task of tasks) {
      if (task.dueMs <= now) this.#run(task);
      else this.#arm(task);
    }
  }

  /** Forgets what is to come, and the advance. */
  clear(): void {
    this.#offsetMs = 0;
    for (const task of [...this.#tasks]) {
      if (task.isAwaited) this.#run(task);
      else this.#remove(task);
    }
  }

  #add(delayMs: number, run: () => void, isAwaited: boolean): Task {
    const task: Task = { dueMs: this.now() + delayMs, run, isAwaited, timer: undefined };
    this.#tasks.add(task);
    this.#arm(task);
    return task;
  }

  #arm(task: Task): void {
    clearTimeout(task.timer);
    const remainingMs = Math.min(TIMER_MS_MAX, Math.max(0, task.dueMs - this.now()));
    task.timer = setTimeout(() => {
      if (task.dueMs > this.now()) this.#arm(task);
      else this.#run(task);
    }, remainingMs);
  }

  #run(task: Task): void {
    if (!this.#tasks.has(task)) return;
    this.#remove(task);
    task.run();
  }

  #remove(task: Task): void {
    clearTimeout(task.timer);
    this.#tasks.delete(task);
  }
}
