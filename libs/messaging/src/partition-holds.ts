export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What is used of kafkajs' consumer. */
interface Pausable {
  pause(topics: { topic: string; partitions: number[] }[]): void;
  resume(topics: { topic: string; partitions: number[] }[]): void;
}

/** The partitions that are not to be fetched: paused by the application, or held while a batch of theirs waits. */
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

  /** @param batch which of the partition's batches waits: it takes the hold over from an earlier one. */
  hold(batch: TopicPartition): void {
    this.#held.set(keyOf(batch), batch);
    this.#stop(batch);
  }

  /** Does nothing if the hold is another batch's by now: that one is not at its end yet. */
  release(batch: TopicPartition): void {
    if (this.#held.get(keyOf(batch)) !== batch) return;
    this.#held.delete(keyOf(batch));
    this.#goOn(batch);
  }

  /** A consumer that restarted, and so joined its group again, knows nothing of earlier pauses. */
  applyAgain(): void {
    for (const one of this.#paused.values()) this.#stop(one);
    for (const one of this.#held.values()) this.#stop(one);
  }

  #stop({ topic, partition }: TopicPartition): void {
    try {
      this.#consumer.pause([{ topic, partitions: [partition] }]);
    } catch {
      // kafkajs throws between two runs; applyAgain() follows when the next one has joined.
    }
  }

  #goOn(one: TopicPartition): void {
    if (this.#paused.has(keyOf(one)) || this.#held.has(keyOf(one))) return;
    try {
      this.#consumer.resume([{ topic: one.topic, partitions: [one.partition] }]);
    } catch {
      // As above: nothing is paused between two runs.
    }
  }
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
