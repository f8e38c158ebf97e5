import { type Logger, type Metrics, sleep } from '@payments/runtime';
import type { KafkaConnection } from './connection.js';
import { ProduceClient } from './produce-client.js';
import { defectIn, NoAnswerError } from './produce-error.js';
import { ProducerEvents } from './producer-events.js';
import type { RecordHeaders } from './record-batch.js';
import { sizeOf } from './record-size.js';
import { SendBounds } from './send-bounds.js';
import { ProducerClosedError, SendDeadlineError } from './send-errors.js';
import type { Pending, RecordPosition } from './send-queue.js';
import { type SendOutcomes, TopicSender } from './topic-sender.js';
import { orAborted, within } from './within.js';

export interface OutgoingRecord {
  readonly topic: string;
  /** Determines the partition, and so which records this one stays in order with. */
  readonly key: string | Buffer;
  readonly value: Buffer | null;
  readonly headers?: RecordHeaders;
  /** Overrides the partition that the key determines. */
  readonly partition?: number;
}

export interface BatchingProducerOptions {
  readonly kafka: KafkaConnection;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Limit of records held, those in flight included; beyond it `send` throws QueueFullError. */
  readonly queueCountMax: number;
  readonly queueBytesMax: number;
  /** Milliseconds from `send` to SendDeadlineError. */
  readonly deadlineMs: number;
  /**
   * Limit of bytes per partition and request: the broker limits record batches, and the client does not split them.
   */
  readonly batchBytesMax?: number;
}

const BATCH_BYTES_MAX = 900 * 1024;
const BATCH_COUNT_MAX = 500;
/** Encoding is synchronous: a larger request would block the event loop for too long. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;
const DEADLINE_SWEEP_MS = 100;
const CONNECT_AGAIN_MS = 500;
const DISCONNECT_MS_MAX = 2_000;

/**
 * Batches records: one request in flight per topic and leader, which carries everything queued since the last.
 *
 * Clients lose acknowledged records when idempotent requests overlap or when a leader moves during a retry
 * (docs/adr/0002). Hence at most one request in flight per partition, no idempotent producer, partitioning and
 * retries of our own, and no acknowledgement for a partition that the result does not name. A topic or partition that
 * cannot be written delays its own records only. Records may be stored more than once, are never acknowledged without
 * being stored, and keep their order per key.
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
  /** Connected at start; the first topic takes it over. */
  #spare: ProduceClient | undefined;
  /** Number of sends that are not settled. */
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

  /** Records and bytes not yet settled with the broker, those in flight included. */
  get queued(): { readonly count: number; readonly bytes: number } {
    return this.#bounds.held;
  }

  /**
   * Milliseconds since the last acknowledgement while records are pending; 0 when none are. A high value means that
   * no broker answers.
   */
  get stalledMs(): number {
    return this.#unansweredSince === undefined ? 0 : performance.now() - this.#unansweredSince;
  }

  /**
   * Connects. Resolves when a broker answers; rejects when `signal` aborts first, and is then closed.
   *
   * @throws NoAnswerError that names the brokers, if `signal` is a time-out
   * @throws TypeError, RangeError and the like: the program or its settings are at fault
   */
  async start(signal?: AbortSignal): Promise<void> {
    try {
      await orAborted(this.#connect(), signal);
    } catch (cause) {
      await this.close();
      if (!isTimeout(cause)) throw cause;
      const brokers = this.#options.kafka.address.brokers.join(', ');
      throw new NoAnswerError(`no broker answered: is Kafka running at ${brokers}?`, { cause });
    }
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
   * Accepts no more records and flushes the queue; deadlines still apply. When `signal` aborts, what is left is
   * rejected: with SendDeadlineError if it was in flight, otherwise with ProducerClosedError.
   */
  async close(signal?: AbortSignal): Promise<void> {
    this.#state = 'closed';
    await this.#settledOr(signal);
    clearInterval(this.#sweeper);
    const disconnected = this.#spare && within(DISCONNECT_MS_MAX, this.#spare.close());
    await Promise.all([disconnected, ...Array.from(this.#senders.values(), (sender) => sender.close())]);
  }

  /** Retries until a broker answers or the producer is closed. @throws what no broker can help */
  async #connect(): Promise<void> {
    while (this.#state === 'new') {
      try {
        return await this.#spare?.connect();
      } catch (error) {
        const defect = defectIn(error);
        if (defect !== undefined) throw defect;
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

/** Whether it is the reason of an `AbortSignal.timeout`. */
function isTimeout(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'TimeoutError';
}

function notAPartition(partition: number | undefined): RangeError | undefined {
  if (partition === undefined || (Number.isInteger(partition) && partition >= 0)) return undefined;
  return new RangeError(`a partition is numbered from 0, not ${partition}`);
}
