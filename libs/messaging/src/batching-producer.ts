import { type Logger, type Metrics, sleep } from '@payments/runtime';
import type { KafkaConnection } from './connection.js';
import { ProduceClient } from './produce-client.js';
import { ProducerEvents } from './producer-events.js';
import { sizeOf } from './record-size.js';
import { SendBounds } from './send-bounds.js';
import { ProducerClosedError, SendDeadlineError } from './send-errors.js';
import type { Pending, RecordPosition, SendHeaders } from './send-queue.js';
import { type SendOutcomes, TopicSender } from './topic-sender.js';
import { orAborted, within } from './within.js';

export interface OutgoingRecord {
  readonly topic: string;
  /** Chooses the partition, and so what the record stays in order with. */
  readonly key: string | Buffer;
  readonly value: Buffer | null;
  readonly headers?: SendHeaders;
  /** Instead of the one that the key chooses. */
  readonly partition?: number;
}

export interface BatchingProducerOptions {
  readonly kafka: KafkaConnection;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Records held at most, on their way included; past it, QueueFullError. */
  readonly queueCountMax: number;
  readonly queueBytesMax: number;
  /** From `send` to SendDeadlineError. */
  readonly deadlineMs: number;
  /** Bytes a partition a send: the broker's limit is per record batch, and the client does not split. */
  readonly batchBytesMax?: number;
}

const BATCH_BYTES_MAX = 900 * 1024;
const BATCH_COUNT_MAX = 500;
/** Encoded in one go: more would hold up everything else in the process. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;
const DEADLINE_SWEEP_MS = 100;
const CONNECT_AGAIN_MS = 500;
const DISCONNECT_MS_MAX = 2_000;

/**
 * Sends records with one outstanding request a topic and leader that carries all that queued meanwhile. Clients lose
 * acknowledged records when idempotent requests overlap or when a leader moves while they retry one
 * (docs/adr/0002): hence one at a time for each partition, not idempotent, own partitioning, own retries, and no acknowledgement
 * for a partition that the result did not name. A topic or partition that cannot be written holds back its own
 * records only. Records may be stored twice, are never acknowledged without being stored, and keep their order per key.
 */
export class BatchingProducer {
  readonly #options: BatchingProducerOptions;
  readonly #events: ProducerEvents;
  readonly #bounds: SendBounds;
  readonly #senders = new Map<string, TopicSender>();
  readonly #outcomes: SendOutcomes = {
    sending: () => {
      this.#unansweredSince ??= performance.now();
    },
    acknowledged: (pending, offset) => {
      this.#unansweredSince = undefined;
      const partition = pending.message.partition as number;
      this.#settle(pending, () => pending.resolve({ partition, offset }));
    },
    failed: (pending, error) => this.#settle(pending, () => pending.reject(error)),
    released: ({ bytes }) => {
      this.#bounds.remove(bytes);
      if (this.#bounds.held.count === 0) this.#unansweredSince = undefined;
    },
  };
  /** Connected at the start, for the topic that comes first. */
  #spare: ProduceClient | undefined;
  /** Senders that wait. */
  #unsettled = 0;
  #state: 'new' | 'started' | 'closed' = 'new';
  #unansweredSince: number | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #onSettled: (() => void) | undefined;

  constructor(options: BatchingProducerOptions) {
    this.#options = options;
    this.#spare = new ProduceClient(options.kafka.address);
    this.#bounds = new SendBounds(options);
    this.#events = new ProducerEvents(options.logger, options.metrics, () => this.queued);
  }

  /** What waits for the broker, on its way included. */
  get queued(): { readonly count: number; readonly bytes: number } {
    return this.#bounds.held;
  }

  /**
   * Milliseconds since which records are sent and none is acknowledged; 0 when nothing waits. Long means: no
   * broker answers.
   */
  get stalledMs(): number {
    return this.#unansweredSince === undefined ? 0 : performance.now() - this.#unansweredSince;
  }

  /** Connects: resolves when a broker answers, rejects when `signal` aborts before. */
  async start(signal?: AbortSignal): Promise<void> {
    await orAborted(this.#connect(), signal);
    this.#state = 'started';
    this.#sweeper = setInterval(() => this.#sweep(), DEADLINE_SWEEP_MS);
    this.#sweeper.unref();
  }

  /**
   * Resolves once all in-sync replicas have the record.
   *
   * @throws QueueFullError, RecordTooLargeError, ProducerClosedError: not stored.
   * @throws RangeError: not stored, the topic has no such partition.
   * @throws SendRefusedError: refused for good; see there.
   * @throws SendDeadlineError: unknown, may be stored.
   */
  send(record: OutgoingRecord): Promise<RecordPosition> {
    const { topic, value, headers, partition } = record;
    const key = typeof record.key === 'string' ? Buffer.from(record.key) : record.key;
    const bytes = sizeOf(key, value, headers);
    const refusal = this.#refusal(topic, bytes) ?? notAPartition(partition);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#bounds.add(bytes);
      this.#unsettled += 1;
      const deadlineAt = performance.now() + this.#options.deadlineMs;
      const message = { key, value, headers, partition };
      this.#senderOf(topic).enqueue({ topic, message, bytes, deadlineAt, resolve, reject, settled: false });
    });
  }

  /**
   * Takes nothing more and sends what waits; each record's deadline holds. What is left when `signal` aborts
   * is rejected: SendDeadlineError if it was on its way, ProducerClosedError if not.
   */
  async close(signal?: AbortSignal): Promise<void> {
    this.#state = 'closed';
    await this.#settledOr(signal);
    clearInterval(this.#sweeper);
    const disconnected = this.#spare && within(DISCONNECT_MS_MAX, this.#spare.close());
    await Promise.all([disconnected, ...Array.from(this.#senders.values(), (sender) => sender.close())]);
  }

  /** Until a broker answers, or the producer is closed. */
  async #connect(): Promise<void> {
    while (this.#state === 'new') {
      try {
        return await this.#spare?.connect();
      } catch (error) {
        this.#events.notConnected(error);
        await sleep(CONNECT_AGAIN_MS);
      }
    }
  }

  #refusal(topic: string, bytes: number): Error | undefined {
    if (this.#state !== 'started') {
      return new ProducerClosedError(`the producer is ${this.#state === 'new' ? 'not started' : 'closed'}`);
    }
    return this.#bounds.refusal(topic, bytes);
  }

  #senderOf(topic: string): TopicSender {
    let sender = this.#senders.get(topic);
    if (sender === undefined) {
      const { kafka, batchBytesMax } = this.#options;
      sender = new TopicSender({
        topic,
        events: this.#events,
        outcomes: this.#outcomes,
        client: this.#spare ?? new ProduceClient(kafka.address),
        limits: {
          bytesMax: batchBytesMax ?? BATCH_BYTES_MAX,
          countMax: BATCH_COUNT_MAX,
          totalBytesMax: REQUEST_BYTES_MAX,
        },
      });
      this.#spare = undefined;
      this.#senders.set(topic, sender);
    }
    return sender;
  }

  #sweep(): void {
    const now = performance.now();
    const overdue = () => new SendDeadlineError(`no acknowledgement within ${this.#options.deadlineMs} ms`);
    for (const sender of this.#senders.values()) sender.sweep(now, overdue);
  }

  #settle(pending: Pending, tell: () => void): void {
    if (pending.settled) return;
    pending.settled = true;
    this.#unsettled -= 1;
    tell();
    if (this.#unsettled === 0) this.#onSettled?.();
  }

  #settledOr(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (this.#unsettled === 0 || signal?.aborted) return resolve();
      this.#onSettled = resolve;
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

function notAPartition(partition: number | undefined): RangeError | undefined {
  if (partition === undefined || (Number.isInteger(partition) && partition >= 0)) return undefined;
  return new RangeError(`a partition is numbered from 0, not ${partition}`);
}
