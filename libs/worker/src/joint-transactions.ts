import type { ConsumedBatch } from '@payments/messaging';
import type { EntityManager } from '@payments/persistence';
import { GatheringQueue, type Waiting } from './gathering-queue.js';
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

type WaitingShare<T> = Waiting<Share<T>, Committed<T>>;

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
  readonly #queue: GatheringQueue<Share<T>, Committed<T>>;

  /** @param concurrency transactions side by side; each takes a database connection */
  constructor(context: Context<T, Effect>, concurrency: number) {
    this.#context = context;
    this.#queue = new GatheringQueue({
      take: whatFitsTogether,
      run: (taken) => this.#runTogether(taken),
      concurrency,
    });
  }

  /** Resolves once the effects and the offset are durable. @throws what fails its own transaction */
  commit(share: Share<T>): Promise<Committed<T>> {
    return this.#queue.add(share);
  }

  /** Never rejects: each one that waits gets its answer. */
  async #runTogether(taken: readonly WaitingShare<T>[]): Promise<void> {
    const kept = taken.filter(({ work: { batch }, reject }) => {
      if (batch.signal.aborted) reject(batch.signal.reason);
      return !batch.signal.aborted;
    });
    if (kept.length === 0) return;
    try {
      const committed = await this.#run(kept.map(({ work }) => work));
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
    const effect = await database.transaction((em) => handler.apply(em, fresh), save);
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

/** The one that waits the longest, and what fits in with it. */
function whatFitsTogether<T>([first, ...others]: readonly WaitingShare<T>[]): readonly WaitingShare<T>[] {
  if (first === undefined) return [];
  if (first.work.alone) return [first];
  let records = first.work.messages.length;
  const fitting = others.filter(({ work: { alone, messages } }) => {
    if (alone || records + messages.length > TRANSACTION_RECORDS_MAX) return false;
    records += messages.length;
    return true;
  });
  return [first, ...fitting];
}
