import type { IntentId } from '@payments/domain';
import type { StoredIntent } from '@payments/persistence';
import { type Logger, type Metrics, type Problem, ProblemError, unavailable } from '@payments/runtime';
import type { Caller } from './endpoint.js';

export interface IntentWaitersOptions {
  /** Of the given intents, those past their version. */
  readonly readNewer: (versions: ReadonlyMap<IntentId, number>) => Promise<StoredIntent[]>;
  /** Milliseconds between two polls. */
  readonly pollMs: number;
  readonly waitersMax: number;
  /** Limit per API key. */
  readonly waitersPerKeyMax: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

interface Wait {
  readonly waitMs: number;
  readonly caller: Caller;
}

interface Waiter {
  readonly keyId: string;
  readonly version: number;
  readonly end: (intent: StoredIntent | undefined) => void;
}

/**
 * Requests that wait for a change of an intent. A single statement polls for all of them; none runs without waiters.
 */
export class IntentWaiters {
  readonly #options: IntentWaitersOptions;
  readonly #waiters = new Map<IntentId, Set<Waiter>>();
  /** Number of waiters by API key. */
  readonly #countOfKey = new Map<string, number>();
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isClosed = false;

  constructor(options: IntentWaitersOptions) {
    this.#options = options;
    options.metrics.gauge({
      name: 'query_waiters',
      help: 'Callers that wait for a change of an intent.',
      collect: (gauge) => gauge.set(this.#count),
    });
  }

  /**
   * @returns the intent once it is past `version`; undefined if that did not happen within `waitMs`
   * @throws ProblemError 429 if the caller's API key has too many waiters, 503 if there are too many in total
   */
  newerThan(
    intentId: IntentId,
    version: number,
    { waitMs, caller: { keyId, onGone } }: Wait,
  ): Promise<StoredIntent | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    const refusal = this.#refusalOf(keyId);
    if (refusal !== undefined) return Promise.reject(new ProblemError(refusal));
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.end(undefined), waitMs);
      const waiter: Waiter = {
        keyId,
        version,
        end: (intent) => {
          clearTimeout(timer);
          if (this.#remove(intentId, waiter)) resolve(intent);
        },
      };
      this.#add(intentId, waiter);
      onGone(() => waiter.end(undefined));
    });
  }

  /** Ends all waits with what is known. */
  close(): void {
    this.#isClosed = true;
    for (const waiters of [...this.#waiters.values()]) for (const { end } of [...waiters]) end(undefined);
  }

  #refusalOf(keyId: string): Problem | undefined {
    const { waitersMax, waitersPerKeyMax } = this.#options;
    if ((this.#countOfKey.get(keyId) ?? 0) >= waitersPerKeyMax) return tooManyOfKey(waitersPerKeyMax);
    if (this.#count >= waitersMax) return unavailable('Too many callers wait already. Ask again.');
    return undefined;
  }

  #add(intentId: IntentId, waiter: Waiter): void {
    const others = this.#waiters.get(intentId);
    if (others === undefined) this.#waiters.set(intentId, new Set([waiter]));
    else others.add(waiter);
    this.#count += 1;
    this.#countOfKey.set(waiter.keyId, (this.#countOfKey.get(waiter.keyId) ?? 0) + 1);
    this.#lookLater();
  }

  #remove(intentId: IntentId, waiter: Waiter): boolean {
    const waiters = this.#waiters.get(intentId);
    if (!waiters?.delete(waiter)) return false;
    if (waiters.size === 0) this.#waiters.delete(intentId);
    this.#count -= 1;
    const ofKey = (this.#countOfKey.get(waiter.keyId) ?? 0) - 1;
    if (ofKey > 0) this.#countOfKey.set(waiter.keyId, ofKey);
    else this.#countOfKey.delete(waiter.keyId);
    if (this.#count === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return true;
  }

  #lookLater(): void {
    if (this.#isLooking || this.#count === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, this.#options.pollMs);
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      for (const intent of await this.#options.readNewer(this.#lowestVersions())) this.#tell(intent);
    } catch (error) {
      // Waiters keep waiting, and respond with what is known at their end. Other reads report an unavailable
      // database.
      this.#options.logger.debug({ err: error }, 'what callers wait for could not be looked for');
    } finally {
      this.#isLooking = false;
      this.#lookLater();
    }
  }

  #lowestVersions(): Map<IntentId, number> {
    const versions = new Map<IntentId, number>();
    for (const [intentId, waiters] of this.#waiters) {
      versions.set(intentId, Math.min(...[...waiters].map(({ version }) => version)));
    }
    return versions;
  }

  #tell(intent: StoredIntent): void {
    for (const waiter of [...(this.#waiters.get(intent.intentId) ?? [])]) {
      if (intent.version > waiter.version) waiter.end(intent);
    }
  }
}

function tooManyOfKey(max: number): Problem {
  return {
    status: 429,
    title: 'Too many callers wait',
    detail: `With your API key ${max} callers wait already, which is the most. Ask again, or without wait.`,
    headers: { 'retry-after': '1' },
  };
}
