import type { ConsumedRecord } from '@payments/messaging';
import type { Message } from './handler.js';

/** A record of a batch, and how far it has come. */
export interface Item<T> {
  readonly record: ConsumedRecord;
  readonly offset: bigint;
  /** Items of one key stay in order; a record without a key has none to wait for. */
  readonly key: string;
  message: Message<T> | undefined;
  attempts: number;
  firstFailedAt: number;
  lastError: unknown;
  /** Why trying again is pointless: the SQLSTATE that the database refuses it with, or what is wrong with it. */
  doom: string | undefined;
  done: boolean;
}

export function itemOf<T>(record: ConsumedRecord): Item<T> {
  const key = record.key?.toString('latin1') ?? `no key, offset ${record.offset}`;
  return {
    record,
    offset: BigInt(record.offset),
    key,
    message: undefined,
    attempts: 0,
    firstFailedAt: 0,
    lastError: undefined,
    doom: undefined,
    done: false,
  };
}

export function messagesOf<T>(items: readonly Item<T>[]): Message<T>[] {
  return items.flatMap((item) => (item.message ? [item.message] : []));
}
