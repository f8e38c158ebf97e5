const REJOIN_ERRORS: ReadonlySet<unknown> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'NOT_COORDINATOR_FOR_GROUP',
  'UNKNOWN_MEMBER_ID',
]);

export interface HeartbeatOptions {
  /** Sends a heartbeat if one is due; throws the broker's or the connection's error. */
  readonly beat: () => Promise<void>;
  readonly intervalMs: number;
  /** After so long without a reply, the broker may have reassigned the partitions. */
  readonly silenceMsMax: number;
  readonly onLost: (error: unknown) => void;
}

/**
 * Heartbeats while batches are processed, on one timer for all of them: kafkajs sends them between batches only
 * (tulios/kafkajs#1083).
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | undefined;
  #lastBeatAt = 0;
  #beating = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Does nothing if it is running. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#lastBeatAt = performance.now();
    this.#timer = setInterval(() => void this.#tick(), this.#options.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #tick(): Promise<void> {
    if (this.#beating) return this.#checkAge(new Error('heartbeats are not answered'));
    this.#beating = true;
    try {
      await this.#options.beat();
      this.#lastBeatAt = performance.now();
    } catch (error) {
      // A lost connection is re-established before the session times out; a lost membership is not.
      if (REJOIN_ERRORS.has((error as { type?: unknown }).type)) this.#options.onLost(error);
      else this.#checkAge(error);
    } finally {
      this.#beating = false;
    }
  }

  #checkAge(error: unknown): void {
    if (performance.now() - this.#lastBeatAt > this.#options.silenceMsMax) this.#options.onLost(error);
  }
}
