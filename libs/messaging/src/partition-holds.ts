export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The part of kafkajs' consumer that is used. */
interface Pausable {
  pause(topics: { topic: string; partitions: number[] }[]): void;
  resume(topics: { topic: string; partitions: number[] }[]): void;
}

/** Partitions that must not be fetched: paused by the application, or held while one of their batches waits. */
export class PartitionHolds {
  readonly #consumer: Pausable;
  readonly #paused = new Map<string, TopicPartition>();
  readonly #held = new Map<string, TopicPartition>();

  constructor(consumer: Pausable) {
    this.#consumer = consumer;
  }

  pause(one: TopicPartition): void {
    this.#paused.set(keyOf(one), one);
    this.#stop(one);
  }

  isPaused(one: TopicPartition): boolean {
    return this.#paused.has(keyOf(one));
  }

  resume(one: TopicPartition): void {
    if (this.#paused.delete(keyOf(one))) this.#goOn(one);
  }

  /** @param batch the waiting batch of the partition; it takes the hold over from an earlier one */
  hold(batch: TopicPartition): void {
    this.#held.set(keyOf(batch), batch);
    this.#stop(batch);
  }

  /** Does nothing if a later batch took the hold over: that one is still waiting. */
  release(batch: TopicPartition): void {
    if (this.#held.get(keyOf(batch)) !== batch) return;
    this.#held.delete(keyOf(batch));
    this.#goOn(batch);
  }

  /** Restores all pauses: a consumer that restarted, and so rejoined its group, has lost them. */
  applyAgain(): void {
    for (const one of this.#paused.values()) this.#stop(one);
    for (const one of this.#held.values()) this.#stop(one);
  }

  #stop({ topic, partition }: TopicPartition): void {
    try {
      this.#consumer.pause([{ topic, partitions: [partition] }]);
    } catch {
      // kafkajs throws between two runs; applyAgain() follows once the next run has joined.
    }
  }

  #goOn(one: TopicPartition): void {
    if (this.#paused.has(keyOf(one)) || this.#held.has(keyOf(one))) return;
    try {
      this.#consumer.resume([{ topic: one.topic, partitions: [one.partition] }]);
    } catch {
      // As above: no partition is paused between two runs.
    }
  }
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
