import { randomUUID } from 'node:crypto';
import { TOPICS } from '@payments/contracts';
import { type ConsumedBatch, type RunningConsumer, startConsumer } from '@payments/messaging';
import { createLogger, Metrics } from '@payments/runtime';
import type { Pipeline } from '../testing/pipeline.js';
import { type EventLine, lineOfEvent } from './event-line.js';

const TOPIC = TOPICS.intentEvents;

/**
 * Collects the events of each intent from payment.intent.events as a consumer would: in order of version, each once.
 */
export class IntentEvents {
  /** Records read, repeated ones included. */
  read = 0;
  /** Number of repeated versions: allowed, because delivery is at least once. */
  repeated = 0;
  /** Versions that came before their predecessor. */
  readonly gaps: string[] = [];
  /** Repeated versions with another content. */
  readonly contradictions: string[] = [];
  readonly #lines = new Map<string, EventLine[]>();
  readonly #pipeline: Pipeline;
  #consumer: RunningConsumer | undefined;

  private constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  static async open(pipeline: Pipeline): Promise<IntentEvents> {
    const events = new IntentEvents(pipeline);
    events.#consumer = await startConsumer({
      kafka: pipeline.kafka,
      groupId: `ledger-check-${randomUUID()}`,
      topics: [TOPIC.name],
      onBatch: (batch) => events.#take(batch),
      // The missing events are found by the comparison.
      onCrash: () => {},
      logger: createLogger({ service: 'ledger', level: 'silent' }),
      metrics: new Metrics({ defaultMetrics: false }),
    });
    return events;
  }

  /** The events in order of version, from version 2. */
  of(intentId: string): readonly EventLine[] {
    return this.#lines.get(intentId) ?? [];
  }

  async close(): Promise<void> {
    await this.#consumer?.close();
  }

  async #take({ records, resolve }: ConsumedBatch): Promise<void> {
    for (const { value, offset } of records) {
      if (value === null) throw new Error(`the event at offset ${offset} has no value`);
      const event = await this.#pipeline.codec.decode(TOPIC, value);
      const lines = this.#lines.get(event.intentId) ?? [];
      // The creation makes version 1, which has no event.
      const next = lines.length + 2;
      if (event.version > next) this.gaps.push(`${event.intentId}: ${event.version} in place of ${next}`);
      if (event.version < next) this.#repeat(event.intentId, lines[event.version - 2], lineOfEvent(event));
      else this.#lines.set(event.intentId, [...lines, lineOfEvent(event)]);
      this.read += 1;
    }
    const last = records.at(-1);
    if (last !== undefined) resolve(BigInt(last.offset));
  }

  #repeat(intentId: string, before: EventLine | undefined, again: EventLine): void {
    this.repeated += 1;
    if (again !== before) this.contradictions.push(`${intentId}: ${before} and then ${again}`);
  }
}
