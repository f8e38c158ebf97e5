import type { ConsumedRecord } from '@payments/messaging';
import type { EntityManager } from '@payments/persistence';
import type { PoisonError } from './disposition.js';

/** A record together with its decoded value. */
export interface Message<T> {
  readonly record: ConsumedRecord;
  readonly value: T;
}

/**
 * The part of a worker that a service provides. Both steps may be repeated for a record: effects must be idempotent.
 */
export interface Handler<T, Effect = void> {
  /** Decodes a record. @throws PoisonError if it can never be decoded */
  load(record: ConsumedRecord): T | Promise<T>;
  /**
   * The messages, in order, that are known to be processed. An optimisation only: correctness must not depend on it.
   */
  alreadyDone?(messages: readonly Message<T>[]): Promise<ReadonlySet<Message<T>>>;
  /** Writes the effects of `messages`, given in order, in `em`'s transaction. Must not call the network. */
  apply(em: EntityManager, messages: readonly Message<T>[]): Promise<Effect>;
  /** Runs once the effects are durable. Errors are logged and otherwise ignored. */
  afterCommit?(messages: readonly Message<T>[], effect: Effect): Promise<void>;
  /**
   * Persists that `load` refused a record for good, in a transaction of its own: after the earlier records of its
   * key, before the later ones, and before its dead letter. May be repeated for a record.
   */
  refused?(em: EntityManager, error: PoisonError): Promise<void>;
}
