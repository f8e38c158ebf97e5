import { type Database, type ReadWaiting, settleWaiting } from '@payments/persistence';
import { type Logger, retryDelayMs, sleep } from '@payments/runtime';
import { Bell, disposition, type TellChanges } from '@payments/worker';
import type { WebhookEvents } from './webhook-events.js';

export interface SettleLoopOptions {
  readonly database: Pick<Database, 'transaction'>;
  readonly readWaiting: ReadWaiting;
  readonly events: WebhookEvents;
  readonly tell: TellChanges;
  readonly logger: Logger;
}

export interface SettleLoop {
  /** To be called after a commit that claimed what webhooks may wait for. */
  wake(): void;
  /** Finishes the transaction in hand. */
  close(): Promise<void>;
}

/** Looks for what no wake-up told of: of other processes, or of one that died right after its commit. */
const SWEEP_MS = 1_000;
const WEBHOOKS_MAX = 256;
const BACKOFF = { baseMs: 50, capMs: 5_000 };
/** Failures in a row: so often nobody merely meets another transaction. */
const CONFLICTS_MAX = 12;

/** Settles waiting webhooks whose payment has become known, so many in a transaction, until it is closed. */
export function startSettleLoop(options: SettleLoopOptions): SettleLoop {
  return new RunningLoop(options);
}

class RunningLoop implements SettleLoop {
  readonly #options: SettleLoopOptions;
  readonly #bell = new Bell();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  /** In a transaction. Shrinks while transactions fail, to find the webhook that makes them. */
  #webhooksMax = WEBHOOKS_MAX;

  constructor(options: SettleLoopOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  wake(): void {
    this.#bell.ring();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#bell.wait(SWEEP_MS, signal);
      let failures = 0;
      for (let more = true; more && !signal.aborted; ) {
        try {
          more = await this.#settleSome(this.#options.readWaiting);
          this.#webhooksMax = Math.min(this.#webhooksMax * 2, WEBHOOKS_MAX);
          failures = 0;
        } catch (error) {
          failures += 1;
          if (await this.#narrow(error, failures)) failures = 0;
          await sleep(retryDelayMs(failures, BACKOFF), signal).catch(() => {});
        }
      }
    }
  }

  /** @returns whether there may be more to do at once. */
  async #settleSome(readWaiting: ReadWaiting): Promise<boolean> {
    const { database, events, tell } = this.#options;
    const done = await database.transaction((em) =>
      settleWaiting(em, { readWaiting, webhooksMax: this.#webhooksMax }),
    );
    const told = tell(done);
    events.settled(done);
    await told;
    return done.more;
  }

  /**
   * Fewer at a time; one that fails alone, and by its own doing, waits on, so that the others have their turn.
   *
   * @returns whether it waits on
   */
  async #narrow(error: unknown, failures: number): Promise<boolean> {
    const { kind, code } = disposition(error);
    const webhooks = this.#webhooksMax;
    this.#options.logger.warn({ code, err: error, webhooks }, 'waiting webhooks could not be settled');
    this.#webhooksMax = Math.max(1, Math.floor(webhooks / 2));
    if (webhooks > 1 || kind === 'down' || kind === 'partition-missing') return false;
    if (kind === 'conflict' && failures < CONFLICTS_MAX) return false;
    const waitsOn = error instanceof Error ? error : new Error(String(error));
    try {
      await this.#settleSome(() => ({ waitsOn }));
      return true;
    } catch (failure) {
      this.#options.logger.warn({ err: failure }, 'a waiting webhook could not be put off');
      return false;
    }
  }
}
