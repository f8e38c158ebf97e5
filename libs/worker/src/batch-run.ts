import type { ConsumedBatch, ConsumedRecord } from '@payments/messaging';
import type { EntityManager } from '@payments/persistence';
import { inSpanFromHeaders, retryDelayMs, sleep } from '@payments/runtime';
import { type Disposition, disposition, dispositionOfUnread, PoisonError } from './disposition.js';
import { SystemicFailureError } from './failure-window.js';
import type { Message } from './handler.js';
import { type Item, itemOf, messagesOf } from './item.js';
import { type Committed, TRANSACTION_RECORDS_MAX } from './joint-transactions.js';
import { Progress } from './progress.js';
import type { WorkerContext } from './worker-context.js';

const CONFLICT_RETRIES_MAX = 10;
const CONFLICT_BACKOFF = { baseMs: 5, capMs: 200 };
const DOWN_BACKOFF = { baseMs: 100, capMs: 5_000 };

/** Processes one batch of one partition, from bytes to committed effects. */
export class BatchRun<T, Effect> {
  readonly #context: WorkerContext<T, Effect>;
  readonly #batch: ConsumedBatch;
  readonly #progress: Progress;
  readonly #items: readonly Item<T>[];
  /** The offset that this batch's transactions have recorded. */
  #savedNext: bigint | undefined;
  /** After a failed transaction the batch shares none with others: it may contain what fails them all. */
  #alone = false;
  #endTurn = (): void => undefined;

  constructor(context: WorkerContext<T, Effect>, batch: ConsumedBatch) {
    this.#context = context;
    this.#batch = batch;
    this.#items = batch.records.map((record) => itemOf<T>(record));
    this.#progress = new Progress(this.#items);
  }

  /**
   * Returns when every record is committed or dead-lettered, or when the partition was revoked.
   *
   * @throws SystemicFailureError when continuing would flood the dead-letter topic
   */
  async run(): Promise<void> {
    let waiting = this.#items;
    for (let round = 1; waiting.length > 0; round += 1) {
      await this.#attempt(waiting);
      waiting = waiting.filter((item) => !item.done);
      this.#stopIfSystemic();
      await this.#giveUpDoomed(waiting);
      waiting = waiting.filter((item) => !item.done);
      // Records that only waited behind one that was dead-lettered are tried without a delay.
      if (!waiting.some(({ attempts }) => attempts > 0)) continue;
      await sleep(retryDelayMs(round, this.#context.retry), this.#batch.signal);
    }
    await this.#saveRest();
  }

  /** Checked before any record is given up: a fault of ours would flood the dead-letter topic. */
  #stopIfSystemic(): void {
    if (!this.#context.failures.systemic) return;
    throw new SystemicFailureError('over half of the last records failed for unexpected reasons');
  }

  /** Tries every record once. A failure holds back later records of the same key, and no others. */
  async #attempt(items: readonly Item<T>[]): Promise<void> {
    const held = new Set<string>();
    for (let from = 0; from < items.length; from += TRANSACTION_RECORDS_MAX) {
      await this.#attemptSome(items.slice(from, from + TRANSACTION_RECORDS_MAX), held);
    }
  }

  async #attemptSome(items: readonly Item<T>[], held: Set<string>): Promise<void> {
    this.#endTurn = await this.#context.turns.take(items.length);
    const ready: Item<T>[] = [];
    // What precedes an unreadable record does not wait for it: it is committed apart from what is held.
    const commitReady = async (): Promise<void> => {
      const failed = new Set<string>();
      await this.#commit(ready.splice(0), failed);
      for (const key of failed) held.add(key);
    };
    try {
      for (const item of items) {
        if (held.has(item.key)) continue;
        const loading = this.#load(item, commitReady);
        const isLoaded = loading instanceof Promise ? await loading : loading;
        if (isLoaded && !held.has(item.key)) ready.push(item);
        else if (!item.done) held.add(item.key);
      }
      await commitReady();
    } finally {
      this.#endTurn();
    }
  }

  /**
   * Returns a promise only for a record that has to wait or that fails: one for each record would cost as much as
   * decoding it.
   *
   * @param beforeWaiting called before each wait for what the record is read with
   * @returns whether the record could be read
   */
  #load(item: Item<T>, beforeWaiting: () => Promise<void>): boolean | Promise<boolean> {
    if (item.message !== undefined) return true;
    const value = this.#read(item.record);
    if (value instanceof Promise) return this.#awaitValue(item, value, beforeWaiting);
    item.message = { record: item.record, value };
    return true;
  }

  async #awaitValue(item: Item<T>, first: Promise<T>, beforeWaiting: () => Promise<void>): Promise<boolean> {
    let value: T | Promise<T> = first;
    for (let tries = 1; ; tries += 1) {
      try {
        item.message = { record: item.record, value: await value };
        return true;
      } catch (error) {
        this.#batch.signal.throwIfAborted();
        const verdict = dispositionOfUnread(error, item.record);
        if (verdict.kind !== 'down') {
          await this.#fail(item, verdict, error);
          return false;
        }
        await beforeWaiting();
        await this.#waitOut(verdict, error, tries);
        value = this.#read(item.record);
      }
    }
  }

  /** Never throws: a failure is a rejection. */
  #read(record: ConsumedRecord): T | Promise<T> {
    try {
      return inSpanFromHeaders(`load ${record.topic}`, record.headers, () =>
        this.#context.handler.load(record),
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Commits `items` in one transaction; bisects it to isolate a bad one. */
  async #commit(items: readonly Item<T>[], held: Set<string>): Promise<void> {
    if (items.length === 0) return;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#transaction(items);
      } catch (error) {
        this.#batch.signal.throwIfAborted();
        this.#alone = true;
        const verdict = disposition(error);
        if (await this.#mayRunAgain(verdict, error, tries)) continue;
        return items.length === 1
          ? this.#settle(items[0] as Item<T>, verdict, error, held)
          : this.#halve(items, held);
      }
    }
  }

  async #transaction(items: readonly Item<T>[]): Promise<void> {
    const nextOffset = this.#progress.nextWith(items);
    const { alreadyDone, afterCommit } = await this.#save(messagesOf(items), nextOffset);
    const isDone = ({ message }: Item<T>): boolean => message !== undefined && alreadyDone.has(message);
    const committed = alreadyDone.size === 0 ? items : items.filter((item) => !isDone(item));
    if (alreadyDone.size > 0) this.#finish(items.filter(isDone), 'already_done');
    if (committed.length > 0) this.#finish(committed, 'committed');
    this.#context.failures.succeeded(committed.length);
    await afterCommit;
  }

  async #save(messages: readonly Message<T>[], nextOffset: bigint | undefined): Promise<Committed<T>> {
    this.#batch.signal.throwIfAborted();
    const share = { batch: this.#batch, messages, nextOffset, alone: this.#alone };
    const committed = await this.#context.transactions.commit(share);
    this.#savedNext = nextOffset ?? this.#savedNext;
    return committed;
  }

  /** Records dead-lettered or skipped after the batch's last transaction advance the offset too. */
  async #saveRest(): Promise<void> {
    const { next } = this.#progress;
    for (let tries = 1; next !== this.#savedNext; tries += 1) {
      try {
        await this.#save([], next);
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
    // Not only at the end of the batch: bisecting the rest takes two transactions per record.
    this.#stopIfSystemic();
    if (!item.done) held.add(item.key);
  }

  async #fail(item: Item<T>, verdict: Disposition, error: unknown): Promise<void> {
    item.attempts += 1;
    item.firstFailedAt ||= Date.now();
    item.lastError = error;
    if (verdict.kind === 'message') {
      item.doom = verdict.code;
      return this.#mustWait(item) ? undefined : this.#giveUp(item, verdict.code);
    }
    if (item.attempts === 1) this.#context.failures.failed();
    if (verdict.kind === 'row') item.doom = verdict.code;
    else this.#context.events.willRetry(item.record, verdict.code, error, item.attempts);
  }

  async #giveUpDoomed(items: readonly Item<T>[]): Promise<void> {
    const { attemptsMax, ageMaxMs } = this.#context.retry;
    for (const item of items) {
      const tooOld = item.firstFailedAt > 0 && Date.now() - item.firstFailedAt >= ageMaxMs;
      const code = item.doom ?? (item.attempts >= attemptsMax || tooOld ? 'PARK_EXHAUSTED' : undefined);
      if (code !== undefined && !this.#mustWait(item)) await this.#giveUp(item, code);
    }
  }

  /** What `refused` writes of a record must follow the effects of earlier records of its key. */
  #mustWait({ key, offset }: Item<T>): boolean {
    if (this.#context.handler.refused === undefined) return false;
    return this.#items.some((other) => !other.done && other.key === key && other.offset < offset);
  }

  /** Blocks until the dead letter is stored: the offset must not pass a record that would be lost. */
  async #giveUp(item: Item<T>, code: string): Promise<void> {
    const { attempts, firstFailedAt, lastError: error } = item;
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#tellRefused(item.record, error);
        await this.#context.deadLetters.write(item.record, { code, error, attempts, firstFailedAt });
        break;
      } catch (failure) {
        await this.#waitOut({ kind: 'down', code: 'DEAD_LETTER_UNWRITTEN' }, failure, tries);
      }
    }
    this.#context.events.deadLettered(item.record, code, error, attempts);
    this.#finish([item], 'dead_lettered');
  }

  /** If the database rejects it for good, the dead letter alone has to document it. */
  async #tellRefused(record: ConsumedRecord, error: unknown): Promise<void> {
    const { handler, database, events } = this.#context;
    if (!(error instanceof PoisonError) || handler.refused === undefined) return;
    try {
      await database.transaction(async (em: EntityManager) => handler.refused?.(em, error));
    } catch (failure) {
      const { kind, code } = disposition(failure);
      if (kind !== 'row') throw failure;
      events.refusalUntold(record, code, failure);
    }
  }

  async #waitOut(verdict: Disposition, error: unknown, tries: number): Promise<void> {
    // Others may have all that they need.
    this.#endTurn();
    this.#context.events.dependencyDown(this.#batch, verdict.code, error);
    await sleep(retryDelayMs(tries, DOWN_BACKOFF), this.#batch.signal);
  }

  #finish(items: readonly Item<T>[], outcome: string): void {
    for (const item of items) {
      item.done = true;
      // Frees the memory before a large batch ends.
      item.message = undefined;
    }
    this.#context.events.finished(this.#batch, outcome, items.length);
    const next = this.#progress.next;
    if (next !== undefined) this.#batch.resolve(next - 1n);
  }
}
