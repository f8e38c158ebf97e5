import type { ConsumedRecord } from '@payments/messaging';
import type { Message } from './handler.js';

/** A record of a batch and its progress. */
export interface Item<T> {
  readonly record: ConsumedRecord;
  readonly offset: bigint;
  /** Items of one key are processed in order; a record without a key waits for none. */
  readonly key: string;
  message: Message<T> | undefined;
  attempts: number;
  firstFailedAt: number;
  lastError: unknown;
  /** Why a retry is pointless: the SQLSTATE that the database rejects it with, or the defect of the record. */
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
