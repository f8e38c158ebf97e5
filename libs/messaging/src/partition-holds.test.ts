import { describe, expect, test } from '@jest/globals';
import { PartitionHolds } from './partition-holds.js';

/** kafkajs' consumer as far as pauses go: it throws between two runs, and a new run has forgotten them. */
class Consumer {
  #paused: Set<number> | undefined;

  get paused(): number[] {
    return [...(this.#paused ?? [])].sort();
  }

  run(): void {
    this.#paused = new Set();
  }

  end(): void {
    this.#paused = undefined;
  }

  pause([one]: { partitions: number[] }[]): void {
    for (const partition of one?.partitions ?? []) this.#running.add(partition);
  }

  resume([one]: { partitions: number[] }[]): void {
    for (const partition of one?.partitions ?? []) this.#running.delete(partition);
  }

  get #running(): Set<number> {
    if (this.#paused === undefined) throw new Error('Consumer group was not initialized');
    return this.#paused;
  }
}

const partition = (number: number) => ({ topic: 't', partition: number });

function start() {
  const consumer = new Consumer();
  const holds = new PartitionHolds(consumer);
  consumer.run();
  return { consumer, holds };
}

describe('partitions that are not to be fetched', () => {
  test('are fetched again only when neither the application nor a batch of theirs objects', () => {
    const { consumer, holds } = start();
    holds.pause(partition(1));
    const batch = partition(1);
    holds.hold(batch);
    holds.release(batch);
    expect(consumer.paused).toEqual([1]);
    holds.hold(batch);
    holds.resume(partition(1));
    expect(consumer.paused).toEqual([1]);
    holds.release(batch);
    expect(consumer.paused).toEqual([]);
  });

  test('are released by the batch that holds them last, and by no earlier one', () => {
    const { consumer, holds } = start();
    const [earlier, later] = [partition(1), partition(1)];
    holds.hold(earlier);
    holds.hold(later);
    holds.release(earlier);
    expect(consumer.paused).toEqual([1]);
    holds.release(later);
    expect(consumer.paused).toEqual([]);
  });

  test('stay so when the consumer restarts, and what was resumed meanwhile does not', () => {
    const { consumer, holds } = start();
    for (const number of [1, 2, 3]) holds.pause(partition(number));
    holds.hold(partition(4));
    consumer.end();
    holds.resume(partition(2));
    holds.pause(partition(5));
    consumer.run();
    holds.applyAgain();
    expect(consumer.paused).toEqual([1, 3, 4, 5]);
  });
});
