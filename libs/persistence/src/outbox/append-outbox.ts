import { crc32 } from 'node:zlib';
import type { EntityManager } from 'typeorm';
import { bigints, jsons, smallints, texts, uuids } from '../statements/binary-arrays.js';

/**
 * Number of shards of the outbox, and so the maximum of relays that work in parallel. Must not change while rows exist:
 * an intent's newer rows would go to another shard, be published by another relay, and overtake the older ones. To
 * change it: stop the writers, let the relays empty the outbox, deploy the new number everywhere.
 */
export const OUTBOX_SHARDS = 8;

/** Kafka headers, such as `traceparent`. */
export type OutboxHeaders = Readonly<Record<string, string>>;

/** A record to publish if the transaction commits. */
export interface OutboxRow {
  /** The intent's internal id: records of one intent keep their order. */
  readonly paymentIntentId: string;
  /** The intent's public id: the record's key. */
  readonly intentId: string;
  /** The intent's version after the event. From 1; consecutive within an intent and topic. */
  readonly version: bigint | number;
  readonly topic: string;
  /** Stored as JSON; bigints become decimal strings. */
  readonly payload: object;
  readonly headers?: OutboxHeaders;
}

const SQL = `
INSERT INTO outbox (shard, payment_intent_id, version, topic, key, payload, headers)
SELECT unnest($1::smallint[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::text[]), unnest($5::text[]),
  unnest($6::json[]), unnest($7::json[])`;

/**
 * Writes records for the relay, in the transaction of the changes that they report. The caller must hold the row locks
 * of the intents from before it reads their versions until the commit: otherwise ids would not increase with versions,
 * and a relay could see a version without the one before it. Call the relay's `wake` after the commit.
 *
 * @returns the shards that have new rows
 */
export async function appendOutbox(
  em: Pick<EntityManager, 'query'>,
  rows: readonly OutboxRow[],
): Promise<ReadonlySet<number>> {
  if (rows.length === 0) return new Set();
  // Postgres assigns ids in the order of the arrays. The sort is stable: rows of one version keep their order.
  const sorted = [...rows].sort(byIntentAndVersion);
  const shards = sorted.map((row) => outboxShardOf(row.paymentIntentId));
  await em.query(SQL, [
    smallints(shards),
    uuids(sorted.map((row) => row.paymentIntentId)),
    bigints(sorted.map((row) => row.version)),
    texts(sorted.map((row) => row.topic)),
    texts(sorted.map((row) => row.intentId)),
    jsons(sorted.map((row) => jsonOf(row.payload))),
    jsons(sorted.map((row) => jsonOf(row.headers ?? {}))),
  ]);
  return new Set(shards);
}

/** The shard of an intent, by its internal id. Not computed in SQL, since Postgres may change its hash functions. */
export function outboxShardOf(paymentIntentId: string): number {
  return crc32(paymentIntentId.toLowerCase()) % OUTBOX_SHARDS;
}

function byIntentAndVersion(a: OutboxRow, b: OutboxRow): number {
  if (a.paymentIntentId !== b.paymentIntentId) return a.paymentIntentId < b.paymentIntentId ? -1 : 1;
  const [left, right] = [BigInt(a.version), BigInt(b.version)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function jsonOf(value: object): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'bigint' ? field.toString() : field,
  );
}
