import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partsToBlame } from './isolate.js';
import type { PartitionBatch, Pending } from './send-queue.js';

function batch(partition: number, values: readonly number[]): PartitionBatch {
  const records = values.map((value) => ({ bytes: value }) as Pending);
  return { topic: 't', partition, records };
}

class KafkaError extends Error {
  readonly type: string;
  constructor(type: string) {
    super(type);
    this.type = type;
  }
}

/** Sends parts until every record is stored or blamed, as the producer does. */
function sendAll(batches: readonly PartitionBatch[], bad: ReadonlySet<number>) {
  const stored: number[] = [];
  const blamed: number[] = [];
  const again: (readonly PartitionBatch[])[] = [batches];
  for (let parts = again.shift(); parts !== undefined; parts = again.shift()) {
    const values = parts.flatMap(({ records }) => records.map(({ bytes }) => bytes));
    if (!values.some((value) => bad.has(value))) {
      stored.push(...values);
      continue;
    }
    const smaller = partsToBlame(parts, new KafkaError('MESSAGE_TOO_LARGE'));
    if (smaller === undefined) blamed.push(...values);
    else again.unshift(...smaller.map((part) => [part]));
  }
  return { stored, blamed };
}

describe('the record that makes a send fail', () => {
  test('is found, whatever else is sent with it; all others are stored, in order', () => {
    const partitions = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), { minLength: 1 });
    fc.assert(
      fc.property(partitions, fc.func(fc.boolean()), (sizes, isBad) => {
        let next = 0;
        const batches = sizes.map((records, partition) =>
          batch(
            partition,
            records.map(() => next++),
          ),
        );
        const all = Array.from({ length: next }, (_, value) => value);
        const bad = new Set(all.filter((value) => isBad(value)));
        const { stored, blamed } = sendAll(batches, bad);
        expect(stored).toEqual(all.filter((value) => !bad.has(value)));
        expect(blamed).toEqual([...bad]);
      }),
    );
  });

  test('is not looked for when no record can be at fault, as without the right to write', () => {
    const error = new KafkaError('TOPIC_AUTHORIZATION_FAILED');
    expect(partsToBlame([batch(0, [1, 2]), batch(1, [3])], error)).toHaveLength(2);
    expect(partsToBlame([batch(0, [1, 2])], error)).toBeUndefined();
  });

  test('is looked for when the client itself could not encode it', () => {
    expect(partsToBlame([batch(0, [1, 2])], new TypeError('a header'))).toHaveLength(2);
  });
});
