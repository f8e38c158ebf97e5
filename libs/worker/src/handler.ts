import type { ConsumedRecord } from '@payments/messaging';
import type { EntityManager } from '@payments/persistence';
import type { PoisonError } from './disposition.js';

/** A record together with what it says. */
export interface Message<T> {
  readonly record: ConsumedRecord;
  readonly value: T;
}

/** What a service adds to a worker. Both steps may run again for the same record: effects need keys. */
export interface Handler<T, Effect = void> {
  /** Reads a record. @throws PoisonError if it can never be read. */
  load(record: ConsumedRecord): T | Promise<T>;
  /** The messages, in order, that are known to be done already: saves work, decides nothing. */
  alreadyDone?(messages: readonly Message<T>[]): Promise<ReadonlySet<Message<T>>>;
  /** Writes the effects of `messages`, given in order, in `em`'s transaction. No network calls in here. */
  apply(em: EntityManager, messages: readonly Message<T>[]): Promise<Effect>;
  /** Runs once the effects are durable. What it throws is logged and changes nothing. */
  afterCommit?(messages: readonly Message<T>[], effect: Effect): Promise<void>;
  /**
   * Writes what has to be known of a record that `load` refused for good, in a transaction of its own, before its
   * dead letter is written: after the records before it that have its key, and before those after it. May run again
   * for the same record.
   */
  refused?(em: EntityManager, error: PoisonError): Promise<void>;
}
