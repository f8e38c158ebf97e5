import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { partitionOf } from './partitioner.js';

const kafkajs = Partitioners.DefaultPartitioner();

function byKafkajs(key: Buffer, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return kafkajs({ topic: 'any', partitionMetadata, message: { key, value: null } });
}

describe('the partition of a key', () => {
  test('is the one that kafkajs chooses, for keys of every length and content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.integer({ min: 1, max: 64 }), (bytes, partitions) => {
        const key = Buffer.from(bytes);
        expect(partitionOf(key, partitions)).toBe(byKafkajs(key, partitions));
      }),
      { numRuns: 2_000 },
    );
  });

  // From Kafka's UtilsTest.testMurmur2, positive and modulo 12.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ])("is that of Kafka's own test vectors: %s", (key, hash) => {
    expect(partitionOf(Buffer.from(key), 12)).toBe((hash & 0x7fffffff) % 12);
  });
});
