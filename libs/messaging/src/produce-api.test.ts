import { expect, test } from '@jest/globals';
import { type Connection, produceV10, produceV11, type Writer } from '@platformatic/kafka';
import { type BatchMessage, produceBatches } from './produce-api.js';
import { encodeRecordBatch } from './record-batch.js';

const RECORDS = [
  {
    key: Buffer.from('pi_1'),
    value: Buffer.from('first'),
    headers: { text: 'tëxt', bytes: Buffer.from([1]) },
  },
  { key: Buffer.from('pi_2'), value: null },
];
const BATCHES: readonly BatchMessage[] = [
  { topic: 'orders', partition: 3, value: RECORDS },
  { topic: 'orders', partition: 4, value: RECORDS.slice(1) },
];

/** What `api` asks a broker for, and in which version. */
function requestBy(api: Parameters<typeof produceBatches>[0]): { version: number; bytes: Buffer } {
  let request: { version: number; bytes: Buffer } | undefined;
  const connection = {
    send: (_key: number, version: number, create: () => Writer) => {
      request = { version, bytes: create().buffer };
    },
  } as unknown as Connection;
  const ask = produceBatches(api) as unknown as (...args: unknown[]) => void;
  ask(connection, -1, 1000, BATCHES, {}, () => {});
  if (request === undefined) throw new Error('nothing was asked');
  return request;
}

test('each partition has its records in one batch', () => {
  const { version, bytes } = requestBy(produceV11.api as never);
  expect(version).toBe(11);
  for (const { value } of BATCHES) {
    const batch = encodeRecordBatch(value, 0);
    // The time and the checksum over it differ.
    expect(bytes.includes(batch.subarray(57))).toBe(true);
  }
});

test('a broker that is older gets the same records in its own version', () => {
  const { version, bytes } = requestBy(produceV10.api as never);
  expect(version).toBe(10);
  for (const { value } of BATCHES)
    expect(bytes.includes(encodeRecordBatch(value, 0).subarray(57))).toBe(true);
});
