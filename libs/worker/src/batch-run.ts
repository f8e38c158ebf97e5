import type { ConsumedBatch, ConsumedRecord } from '@payments/messaging';
import type { EntityManager } from '@payments/persistence';
import { inSpanFromHeaders, retryDelayMs, sleep } from '@payments/runtime';
import { type Disposition, disposition } from './disposition.js';
import type { Message } from './handler.js';
import { Progress } from './progress.js';
import type { WorkerContext } from './worker-context.js';

/** Thrown when over half of the last records failed for unexpected reasons: an operator has to look. */
export class SystemicFailureError extends Error {
  override readonly name = 'SystemicFailureError';
}

const CONFLICT_RETRIES_MAX = 10;
const CONFLICT_BACKOFF = { baseMs: 5, capMs: 200 };
const DOWN_BACKOFF = { baseMs: 100, capMs: 5_000 };

interface Item<T> {
  readonly record: ConsumedRecord;
  readonly offset: bigint;
  /** Items of one key stay in order; a record without a key has none to wait for. */
  readonly key: string;
  message: Message<T> | undefined;
  attempts: number;
  firstFailedAt: number;
  lastError: unknown;
  /** The SQLSTATE that the database refuses it with: trying again is pointless. */
  badRow: string | undefined;
  done: boolean;
}

/** One batch of one partition, from bytes to committed effects. */
export class BatchRun<T, Effect> {
  readonly #context: WorkerContext<T, Effect>;
  readonly #batch: ConsumedBatch;
  readonly #progress: Progress;
  readonly #items: readonly Item<T>[];
  /** The position that this batch's transactions have recorded. */
  #savedNext: bigint | undefined;

  constructor(context: WorkerContext<T, Effect>, batch: ConsumedBatch) {
    this.#context = context;
    this.#batch = batch;
    this.#items = batch.records.map((record) => itemOf<T>(record));
    this.#progress = new Progress(this.#items.map((item) => item.offset));
  }

  /**
   * Returns when every record is committed or dead-lettered, or when the partition was taken away.
   *
   * @throws SystemicFailureError when going on would fill the dead-letter topic.
   */
  async run(): Promise<void> {
    let waiting = this.#items;
    for (let round = 1; waiting.length > 0; round += 1) {
      await this.#attempt(waiting);
      waiting = waiting.filter((item) => !item.done);
      // Asked before anything is given up: otherwise a fault of ours would fill the dead-letter topic.
      if (this.#context.failures.systemic) {
        throw new SystemicFailureError('over half of the last records failed for unexpected reasons');
      }
      await this.#giveUpDoomed(waiting);
      waiting = waiting.filter((item) => !item.done);
      // Those that only waited behind a record which was given up go on at once.
      if (!waiting.some(({ attempts }) => attempts > 0)) continue;
      await sleep(retryDelayMs(round, this.#context.retry), this.#batch.signal);
    }
    await this.#saveRest();
  }

  /** One try at everything: what fails holds back the later records of its key, and nothing else. */
  async #attempt(items: readonly Item<T>[]): Promise<void> {
    const held = new Set<string>();
    for (const item of items) {
      if (!held.has(item.key) && !(await this.#load(item)) && !item.done) held.add(item.key);
    }
    const loaded = items.filter((item) => !item.done && !held.has(item.key));
    await this.#commit(await this.#withoutDone(loaded), held);
  }

  async #load(item: Item<T>): Promise<boolean> {
    for (let tries = 1; item.message === undefined; tries += 1) {
      try {
        const { record } = item;
        const value = await inSpanFromHeaders(`load ${record.topic}`, record.headers, () =>
          this.#context.handler.load(record),
        );
        item.message = { record, value };
      } catch (error) {
        this.#batch.signal.throwIfAborted();
        const verdict = disposition(error);
        if (verdict.kind === 'down') {
          await this.#waitOut(verdict, error, tries);
          continue;
        }
        await this.#fail(item, verdict, error);
        return false;
      }
    }
    return true;
  }

  async #withoutDone(items: readonly Item<T>[]): Promise<readonly Item<T>[]> {
    const { handler } = this.#context;
    if (handler.alreadyDone === undefined || items.length === 0) return items;
    const done = await handler.alreadyDone(messagesOf(items));
    if (done.size === 0) return items;
    const skipped = items.filter((item) => item.message && done.has(item.message));
    this.#finish(skipped, 'already_done');
    return items.filter((item) => !item.done);
  }

  /** Commits `items` in one transaction; a bad one among them is found by halving. */
  async #commit(items: readonly Item<T>[], held: Set<string>): Promise<void> {
    if (items.length === 0) return;
    for (let tries = 1; ; tries += 1) {
      try {
        const effect = await this.#transaction(items);
        return await this.#committed(items, effect);
      } catch (error) {
        this.#batch.signal.throwIfAborted();
        const verdict = disposition(error);
        if (await this.#mayRunAgain(verdict, error, tries)) continue;
        return items.length === 1
          ? this.#settle(items[0] as Item<T>, verdict, error, held)
          : this.#halve(items, held);
      }
    }
  }

  async #committed(items: readonly Item<T>[], effect: Effect): Promise<void> {
    this.#finish(items, 'committed');
    this.#context.failures.succeeded(items.length);
    try {
      await this.#context.handler.afterCommit?.(messagesOf(items), effect);
    } catch (error) {
      this.#context.events.afterCommitFailed(this.#batch, error);
    }
  }

  async #transaction(items: readonly Item<T>[]): Promise<Effect> {
    const { database, handler } = this.#context;
    const nextOffset = this.#progress.nextWith(new Set(items.map((item) => item.offset)));
    this.#batch.signal.throwIfAborted();
    const effect = await database.transaction(async (em: EntityManager) => {
      const result = await handler.apply(em, messagesOf(items));
      await this.#saveOffset(em, nextOffset);
      return result;
    });
    this.#savedNext = nextOffset ?? this.#savedNext;
    return effect;
  }

  async #saveOffset(em: EntityManager, nextOffset: bigint | undefined): Promise<void> {
    if (nextOffset === undefined) return;
    const { group: consumerGroup, saveConsumerOffsets } = this.#context;
    const { topic, partition } = this.#batch;
    await saveConsumerOffsets(em, [{ consumerGroup, topic, partition, nextOffset }]);
  }

  /** What was given up or skipped after the last transaction of this batch moved the offset too. */
  async #saveRest(): Promise<void> {
    const { next } = this.#progress;
    for (let tries = 1; next !== this.#savedNext; tries += 1) {
      try {
        await this.#context.database.transaction((em) => this.#saveOffset(em, next));
        this.#savedNext = next;
      } catch (error) {
        this.#batch.signal.throwIfAborted();
        await this.#waitOut(disposition(error), error, tries);
      }
    }
  }

  async #mayRunAgain(verdict: Disposition, error: unknown, tries: number): Promise<boolean> {
    switch (verdict.kind) {
      case 'down':
        await this.#waitOut(verdict, error, tries);
        return true;
      case 'conflict':
        if (tries > CONFLICT_RETRIES_MAX) return false;
        await sleep(retryDelayMs(tries, CONFLICT_BACKOFF), this.#batch.signal);
        return true;
      case 'partition-missing':
        if (tries > 1) return false;
        this.#context.events.partitionMissing(this.#batch, error);
        await this.#context.makePartitions();
        return true;
      default:
        return false;
    }
  }

  async #halve(items: readonly Item<T>[], held: Set<string>): Promise<void> {
    const middle = Math.ceil(items.length / 2);
    await this.#commit(items.slice(0, middle), held);
    await this.#commit(
      items.slice(middle).filter((item) => !held.has(item.key)),
      held,
    );
  }

  async #settle(item: Item<T>, verdict: Disposition, error: unknown, held: Set<string>): Promise<void> {
    await this.#fail(item, verdict, error);
    if (!item.done) held.add(item.key);
  }

  async #fail(item: Item<T>, verdict: Disposition, error: unknown): Promise<void> {
    item.attempts += 1;
    item.firstFailedAt ||= Date.now();
    item.lastError = error;
    if (verdict.kind === 'message') return this.#giveUp(item, verdict.code);
    if (item.attempts === 1) this.#context.failures.failed();
    if (verdict.kind === 'row') item.badRow = verdict.code;
    else this.#context.events.willRetry(item.record, verdict.code, error, item.attempts);
  }

  async #giveUpDoomed(items: readonly Item<T>[]): Promise<void> {
    const { attemptsMax, ageMaxMs } = this.#context.retry;
    for (const item of items) {
      const tooOld = item.firstFailedAt > 0 && Date.now() - item.firstFailedAt >= ageMaxMs;
      if (item.badRow !== undefined) await this.#giveUp(item, item.badRow);
      else if (item.attempts >= attemptsMax || tooOld) await this.#giveUp(item, 'PARK_EXHAUSTED');
    }
  }

  /** Stays here until the dead letter is written: an offset must not pass a record that is nowhere. */
  async #giveUp(item: Item<T>, code: string): Promise<void> {
    const { attempts, firstFailedAt, lastError: error } = item;
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#context.deadLetters.write(item.record, { code, error, attempts, firstFailedAt });
        break;
      } catch (failure) {
        await this.#waitOut({ kind: 'down', code: 'DEAD_LETTER_UNWRITTEN' }, failure, tries);
      }
    }
    this.#context.events.deadLettered(item.record, code, error, attempts);
    this.#finish([item], 'dead_lettered');
  }

  async #waitOut(verdict: Disposition, error: unknown, tries: number): Promise<void> {
    this.#context.events.dependencyDown(this.#batch, verdict.code, error);
    await sleep(retryDelayMs(tries, DOWN_BACKOFF), this.#batch.signal);
  }

  #finish(items: readonly Item<T>[], outcome: string): void {
    for (const item of items) {
      item.done = true;
      this.#progress.finish(item.offset);
    }
    this.#context.events.finished(this.#batch, outcome, items.length);
    const next = this.#progress.next;
    if (next !== undefined) this.#batch.resolve(next - 1n);
  }
}

function itemOf<T>(record: ConsumedRecord): Item<T> {
  const key = record.key?.toString('latin1') ?? `no key, offset ${record.offset}`;
  return {
    record,
    offset: BigInt(record.offset),
    key,
    message: undefined,
    attempts: 0,
    firstFailedAt: 0,
    lastError: undefined,
    badRow: undefined,
    done: false,
  };
}

function messagesOf<T>(items: readonly Item<T>[]): Message<T>[] {
  return items.flatMap((item) => (item.message ? [item.message] : []));
}
