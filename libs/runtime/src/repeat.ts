interface RepeatOptions {
  /** Milliseconds from one start to the next. */
  readonly intervalMs: number;
  /** Called with what `work` throws; it is repeated all the same. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Runs `work` at intervals, never concurrently: a run that exceeds the interval delays the next. Does not keep the
 * process alive.
 *
 * @returns a function that stops it
 */
export function repeat(work: () => Promise<void>, { intervalMs, onFailure }: RepeatOptions): () => void {
  let isRunning = false;
  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    try {
      await work();
    } catch (error) {
      onFailure(error);
    } finally {
      isRunning = false;
    }
  };
  const timer = setInterval(() => void run(), intervalMs);
  timer.unref();
  void run();
  return () => clearInterval(timer);
}
