import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BatchLimits, type PartitionBatch, type Pending, SendQueue } from './send-queue.js';

const LIMITS: BatchLimits = { bytesMax: 100, countMax: 10, totalBytesMax: 10_000 };

let made = 0;

function pending(topic: string, partition: number, bytes = 10, deadlineAt = 0): Pending {
  made += 1;
  const message = { key: Buffer.from(`${made}`), value: null, headers: undefined, partition };
  const nobody = (): void => {};
  return { topic, message, bytes, deadlineAt, resolve: nobody, reject: nobody, settled: false };
}

function queueOf(topic: string, partitions: number, records: readonly Pending[]): SendQueue {
  const queue = new SendQueue();
  queue.place(topic, partitions);
  for (const record of records) queue.push(record);
  return queue;
}

function sizes(batches: readonly PartitionBatch[]): number[] {
  return batches.map(({ records }) => records.reduce((sum, { bytes }) => sum + bytes, 0));
}

describe('what is taken at once', () => {
  test('is at most so many bytes a partition', () => {
    const records = Array.from({ length: 5 }, () => pending('t', 0, 40));
    const queue = queueOf('t', 1, records);
    expect([sizes(queue.take(LIMITS)), sizes(queue.take(LIMITS)), sizes(queue.take(LIMITS))]).toEqual([
      [80],
      [80],
      [40],
    ]);
    expect(queue.take(LIMITS)).toEqual([]);
  });

  test('is at most so many records a partition', () => {
    const queue = queueOf(
      't',
      1,
      Array.from({ length: 12 }, () => pending('t', 0, 1)),
    );
    expect([sizes(queue.take(LIMITS)), sizes(queue.take(LIMITS))]).toEqual([[10], [2]]);
  });

  test('is a record alone if it is larger than that', () => {
    const queue = queueOf('t', 1, [pending('t', 0), pending('t', 0, 500), pending('t', 0)]);
    expect([queue.take(LIMITS), queue.take(LIMITS), queue.take(LIMITS)].map(sizes)).toEqual([
      [10],
      [500],
      [10],
    ]);
  });

  test('leaves out partitions that would make it too large, and serves them first later', () => {
    const queue = queueOf(
      't',
      3,
      [0, 1, 2, 0, 1, 2].map((partition) => pending('t', partition, 60)),
    );
    const taken = Array.from({ length: 6 }, () => queue.take({ ...LIMITS, totalBytesMax: 100 }));
    expect(taken.map(sizes)).toEqual(Array.from({ length: 6 }, () => [60]));
    const partitions = taken.map(([batch]) => batch?.partition);
    expect(new Set(partitions.slice(0, 3))).toEqual(new Set([0, 1, 2]));
  });
});

test('whatever is put back, each partition keeps its order and nothing is lost or doubled', () => {
  const steps = fc.array(fc.oneof(fc.record({ push: fc.nat(2) }), fc.record({ takeAndPutBack: fc.nat(7) })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (plan) => {
      const queue = queueOf('t', 3, []);
      const pushed: Pending[][] = [[], [], []];
      const sent: Pending[][] = [[], [], []];
      /** Takes batches, and puts back the partitions whose bit is set. */
      const send = (putBack: number): number => {
        const batches = queue.take({ bytesMax: 30, countMax: 3, totalBytesMax: 60 });
        for (const batch of batches) {
          if ((putBack >> batch.partition) & 1) queue.putBack(batch);
          else sent[batch.partition]?.push(...batch.records);
        }
        return batches.length;
      };
      for (const step of plan) {
        if ('takeAndPutBack' in step) send(step.takeAndPutBack);
        else {
          const record = pending('t', step.push);
          pushed[step.push]?.push(record);
          queue.push(record);
        }
      }
      while (send(0) > 0);
      expect(sent).toEqual(pushed);
    }),
  );
});

test('records of a topic wait apart until its partitions are known', () => {
  const queue = new SendQueue();
  const [first, second] = [pending('t', 0), pending('t', 1)];
  expect([queue.push(first), queue.push(second), queue.awaits('t')]).toEqual([false, false, true]);
  expect(queue.take(LIMITS)).toEqual([]);
  expect(queue.place('t', 2)).toEqual([first, second]);
  expect([queue.push(first), queue.awaits('t'), queue.partitionsOf('t')]).toEqual([true, false, 2]);
  expect(queue.take(LIMITS)).toEqual([{ topic: 't', partition: 0, records: [first] }]);
});

describe('overdue records', () => {
  test('are taken out of every partition, and out of what waits for a topic', () => {
    const queue = queueOf('t', 2, [pending('t', 0, 1, 5), pending('t', 0, 1, 7), pending('t', 1, 1, 6)]);
    queue.push(pending('unknown', 0, 1, 6));
    expect(queue.takeOverdue(6).map(({ deadlineAt }) => deadlineAt)).toEqual([5, 6, 6]);
    expect(queue.awaits('unknown')).toBe(false);
    expect(queue.takeOverdue(6)).toEqual([]);
    expect(queue.take(LIMITS).flatMap(({ records }) => records.map(({ deadlineAt }) => deadlineAt))).toEqual([
      7,
    ]);
  });

  test('can be more than a function takes arguments', () => {
    const queue = queueOf('t', 1, []);
    const record = pending('t', 0);
    for (let count = 0; count < 300_000; count += 1) queue.push(record);
    expect(queue.takeOverdue(1)).toHaveLength(300_000);
  });
});
