import type { IntentId } from '@payments/domain';
import type { StoredIntent } from '@payments/persistence';

/** Statements on their way at once; the pool has connections for others too. */
const STATEMENTS_MAX = 4;
/** Intents that one statement reads at most. */
const INTENTS_MAX = 100;

/** So long one waits behind statements that fail. */
const WAIT_MS_MAX = 2_000;

interface Reading extends PromiseWithResolvers<StoredIntent | undefined> {
  /** By the clock of `performance.now()`. */
  readonly askedAt: number;
}

/**
 * Reads intents, several with one statement: most of what a read costs Postgres and this process is its statement.
 * What is asked for in one turn of the event loop goes together, and what is asked for while as many statements as
 * may be are on their way. Each is read after it was asked for.
 */
export class SharedReads {
  readonly #read: (intentIds: readonly IntentId[]) => Promise<StoredIntent[]>;
  readonly #waitMsMax: number;
  /** The longest waiting first. */
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

  /** @returns undefined if there is none. @throws what the statement fails with that it is read by, or waited for */
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

  /** A Postgres that hangs lets each statement wait for its time-out: fewer would be read than are asked for. */
  #refuseLate(error: unknown): void {
    const lateBefore = performance.now() - this.#waitMsMax;
    for (const [intentId, { askedAt, reject }] of this.#waiting) {
      if (askedAt > lateBefore) return;
      this.#waiting.delete(intentId);
      reject(error);
    }
  }

  /** What waits longest. */
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
