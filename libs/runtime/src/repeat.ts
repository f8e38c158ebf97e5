interface RepeatOptions {
  /** Milliseconds between two beginnings. */
  readonly intervalMs: number;
  /** Told of what `work` throws; it is done again all the same. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Does something now and then at intervals, never twice at once: what takes longer than its interval is not begun
 * again meanwhile. Keeps no process alive.
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
