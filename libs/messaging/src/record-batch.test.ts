import { expect, test } from '@jest/globals';
import { createRecordsBatch, NumericMap } from '@platformatic/kafka';
import fc from 'fast-check';
import { type BatchRecord, encodeRecordBatch } from './record-batch.js';

const bytes = fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one));
const text = fc.string({ unit: 'binary', maxLength: 100 });
const record: fc.Arbitrary<BatchRecord> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.option(fc.dictionary(text, fc.oneof(text, bytes), { maxKeys: 3 }), { nil: undefined }),
});
const TIME_MS = 1_764_000_000_000;

/** The client's own encoding, which brokers accept. */
function byTheClient(records: readonly BatchRecord[]): Buffer {
  const messages = records.map(({ headers = {}, ...one }) => ({
    ...(one as { key: Buffer; value: Buffer }),
    headers: new Map(
      Object.entries(headers).map(([name, value]) => [Buffer.from(name), Buffer.from(value as string)]),
    ),
    topic: 't',
    partition: 0,
    timestamp: BigInt(TIME_MS),
  }));
  const sequences = new NumericMap();
  sequences.set('t:0', -1);
  return createRecordsBatch(messages, { partitionLeaderEpoch: -1, producerEpoch: -1, sequences }).buffer;
}

test('a batch is, byte for byte, what the client writes', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
      expect(encodeRecordBatch(records, TIME_MS)).toEqual(byTheClient(records));
    }),
  );
});

test.each([63, 64, 8_191, 8_192, 1_048_575, 1_048_576, 1_900_000])(
  'a value of %i bytes, whose length takes more or less of them, is written so',
  (length) => {
    const records = [{ key: Buffer.from('key'), value: Buffer.alloc(length, 7) }];
    expect(encodeRecordBatch(records, TIME_MS).equals(byTheClient(records))).toBe(true);
  },
);
