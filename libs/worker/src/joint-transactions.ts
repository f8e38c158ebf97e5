import type { ConsumedBatch } from '@payments/messaging';
import type { EntityManager } from '@payments/persistence';
import type { Message } from './handler.js';
import type { WorkerContext } from './worker-context.js';

/** More of them in one transaction save nothing, and hold their locks for longer. */
export const TRANSACTION_RECORDS_MAX = 1_000;

/** What a batch has ready to be committed. */
export interface Share<T> {
  readonly batch: Pick<ConsumedBatch, 'topic' | 'partition' | 'signal'>;
  readonly messages: readonly Message<T>[];
  /** Of the batch's partition, once these messages are finished; undefined if it stays where it is. */
  readonly nextOffset: bigint | undefined;
  /** Takes a transaction of its own: what failed once must not fail others. */
  readonly alone: boolean;
}

export interface Committed<T> {
  /** Those that were done before. */
  readonly alreadyDone: ReadonlySet<Message<T>>;
  /** What follows the commit; never rejects. */
  readonly afterCommit: Promise<void>;
}

interface Waiting<T> {
  readonly share: Share<T>;
  readonly resolve: (committed: Committed<T>) => void;
  readonly reject: (error: unknown) => void;
}

type Context<T, Effect> = Pick<
  WorkerContext<T, Effect>,
  'group' | 'handler' | 'database' | 'saveConsumerOffsets' | 'events'
>;

/**
 * The transactions of all batches of a worker. Batches of several partitions that are ready at the same moment
 * share one, with the offsets of all of them in it. If it fails, each is run again by itself, so that a batch only
 * ever learns of its own failure.
 */
export class JointTransactions<T, Effect> {
  readonly #context: Context<T, Effect>;
  readonly #concurrency: number;
  readonly #waiting: Waiting<T>[] = [];
  #running = 0;
  #wakes = false;

  /** @param concurrency transactions side by side; each takes a database connection */
  constructor(context: Context<T, Effect>, concurrency: number) {
    this.#context = context;
    this.#concurrency = concurrency;
  }

  /** Resolves once the effects and the offset are durable. @throws what fails its own transaction */
  commit(share: Share<T>): Promise<Committed<T>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ share, resolve, reject });
      this.#wake();
    });
  }

  /** Not at once: what becomes ready in the same turn of the event loop goes along. */
  #wake(): void {
    if (this.#wakes) return;
    this.#wakes = true;
    setImmediate(() => {
      this.#wakes = false;
      while (this.#running < this.#concurrency && this.#waiting.length > 0) void this.#runNext();
    });
  }

  async #runNext(): Promise<void> {
    this.#running += 1;
    await this.#runTogether(this.#take());
    this.#running -= 1;
    if (this.#waiting.length > 0) this.#wake();
  }

  /** The one that waits the longest, and what fits in with it. */
  #take(): Waiting<T>[] {
    const [first, ...others] = this.#waiting;
    if (first === undefined) return [];
    const taken = new Set([first]);
    let records = first.share.messages.length;
    for (const one of first.share.alone ? [] : others) {
      if (one.share.alone || records + one.share.messages.length > TRANSACTION_RECORDS_MAX) continue;
      records += one.share.messages.length;
      taken.add(one);
    }
    const left = this.#waiting.filter((one) => !taken.has(one));
    this.#waiting.splice(0, Number.POSITIVE_INFINITY, ...left);
    return [...taken];
  }

  /** Never rejects: each one that waits gets its answer. */
  async #runTogether(taken: readonly Waiting<T>[]): Promise<void> {
    const kept = taken.filter(({ share: { batch }, reject }) => {
      if (batch.signal.aborted) reject(batch.signal.reason);
      return !batch.signal.aborted;
    });
    if (kept.length === 0) return;
    try {
      const committed = await this.#run(kept.map(({ share }) => share));
      for (const { resolve } of kept) resolve(committed);
    } catch (error) {
      if (kept.length === 1) kept[0]?.reject(error);
      else for (const one of kept) await this.#runTogether([one]);
    }
  }

  async #run(shares: readonly Share<T>[]): Promise<Committed<T>> {
    const { database, events, group: consumerGroup, handler, saveConsumerOffsets } = this.#context;
    const messages = shares.flatMap((share) => share.messages);
    const alreadyDone = (await handler.alreadyDone?.(messages)) ?? new Set();
    const fresh = alreadyDone.size === 0 ? messages : messages.filter((one) => !alreadyDone.has(one));
    const offsets = shares.flatMap(({ batch: { topic, partition }, nextOffset }) =>
      nextOffset === undefined ? [] : [{ consumerGroup, topic, partition, nextOffset }],
    );
    const save = (em: EntityManager) => saveConsumerOffsets(em, offsets);
    if (fresh.length === 0) {
      if (offsets.length > 0) await database.transaction(save);
      return { alreadyDone, afterCommit: Promise.resolve() };
    }
    const effect = await database.transaction(async (em) => {
      const result = await handler.apply(em, fresh);
      await save(em);
      return result;
    });
    events.committed(fresh[0]?.record.topic ?? '', shares.length, fresh.length);
    return { alreadyDone, afterCommit: this.#afterCommit(fresh, effect) };
  }

  async #afterCommit(messages: readonly Message<T>[], effect: Effect): Promise<void> {
    const { events, handler } = this.#context;
    try {
      await handler.afterCommit?.(messages, effect);
    } catch (error) {
      events.afterCommitFailed(messages[0]?.record.topic ?? '', error);
    }
  }
}
