import type { IntentId } from '@payments/domain';
import type { StoredIntent } from '@payments/persistence';

/** Limit of concurrent statements; the pool has connections for others too. */
const STATEMENTS_MAX = 4;
/** Limit of intents per statement. */
const INTENTS_MAX = 100;

/** Limit in milliseconds of the wait behind statements that fail. */
const WAIT_MS_MAX = 2_000;

interface Reading extends PromiseWithResolvers<StoredIntent | undefined> {
  /** On the clock of `performance.now()`. */
  readonly askedAt: number;
}

/**
 * Batches reads of intents: the cost of a read, in Postgres and here, is mostly that of its statement. Reads
 * requested in one turn of the event loop share a statement, and so do those requested while the limit of concurrent
 * statements is reached. Each statement starts after the reads it serves were requested.
 */
export class SharedReads {
  readonly #read: (intentIds: readonly IntentId[]) => Promise<StoredIntent[]>;
  readonly #waitMsMax: number;
  /** Oldest first. */
  readonly #waiting = new Map<IntentId, Reading>();
  #statements = 0;
  #isScheduled = false;

  constructor(
    read: (intentIds: readonly IntentId[]) => Promise<StoredIntent[]>,
    { waitMsMax = WAIT_MS_MAX }: { readonly waitMsMax?: number } = {},
  ) {
    this.#read = read;
    this.#waitMsMax = waitMsMax;
  }

  /**
   * @returns undefined if there is none
   * @throws the error of its statement, or of those it waited for
   */
  one(intentId: IntentId): Promise<StoredIntent | undefined> {
    let reading = this.#waiting.get(intentId);
    if (reading === undefined) {
      reading = { ...Promise.withResolvers<StoredIntent | undefined>(), askedAt: performance.now() };
      this.#waiting.set(intentId, reading);
      this.#schedule();
    }
    return reading.promise;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#statements === STATEMENTS_MAX || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#readWaiting();
    });
  }

  async #readWaiting(): Promise<void> {
    const readings = this.#takeFirst();
    this.#statements += 1;
    this.#schedule();
    try {
      const intents = await this.#read([...readings.keys()]);
      const found = new Map(intents.map((intent) => [intent.intentId, intent]));
      for (const [intentId, { resolve }] of readings) resolve(found.get(intentId));
    } catch (error) {
      for (const { reject } of readings.values()) reject(error);
      this.#refuseLate(error);
    } finally {
      this.#statements -= 1;
      this.#schedule();
    }
  }

  /** With a Postgres that hangs, each statement takes its whole time-out: fewer reads end than are requested. */
  #refuseLate(error: unknown): void {
    const lateBefore = performance.now() - this.#waitMsMax;
    for (const [intentId, { askedAt, reject }] of this.#waiting) {
      if (askedAt > lateBefore) return;
      this.#waiting.delete(intentId);
      reject(error);
    }
  }

  /** The oldest reads of the queue. */
  #takeFirst(): Map<IntentId, Reading> {
    const taken = new Map<IntentId, Reading>();
    for (const [intentId, reading] of this.#waiting) {
      if (taken.size === INTENTS_MAX) break;
      taken.set(intentId, reading);
      this.#waiting.delete(intentId);
    }
    return taken;
  }
}
