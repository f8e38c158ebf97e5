import type { ConsumedBatch, ConsumedRecord } from '@payments/messaging';
import type { Logger, Metrics } from '@payments/runtime';
import type { LostRecords } from './lost-records.js';

type Place = Pick<ConsumedBatch, 'topic' | 'partition'>;

/** Producers choose the keys: they are untrusted. */
const KEY_BYTES_MAX = 64;
const REASON_CHARS_MAX = 200;

/** Logs and metrics of a worker: one line and one measurement per event. */
export class WorkerEvents {
  readonly #logger: Logger;
  readonly #finished;
  readonly #retries;
  readonly #deadLetters;
  readonly #waits;
  readonly #batchSize;
  readonly #batchDuration;
  readonly #transactionBatches;
  readonly #transactionRecords;
  readonly #halted;
  readonly #lost;
  /** Why each partition waits for a dependency; reported by the readiness check. */
  readonly #waiting = new Map<string, string>();
  #haltReason: string | undefined;

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#finished = metrics.counter({
      name: 'worker_records_total',
      help: 'Records finished, by how they ended.',
      labelNames: ['topic', 'outcome'],
    });
    this.#retries = metrics.counter({
      name: 'worker_retries_total',
      help: 'Records that failed for a passing reason and will be tried again.',
      labelNames: ['topic', 'code'],
    });
    this.#deadLetters = metrics.counter({
      name: 'worker_dead_letters_total',
      help: 'Records written to the dead-letter topic.',
      labelNames: ['topic', 'code'],
    });
    this.#waits = metrics.counter({
      name: 'worker_dependency_waits_total',
      help: 'Times that a partition stood still because a dependency did not answer.',
      labelNames: ['topic', 'code'],
    });
    this.#batchSize = metrics.histogram({
      name: 'worker_batch_records',
      help: 'Records in a consumed batch.',
      labelNames: ['topic'],
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500],
    });
    this.#batchDuration = metrics.histogram({
      name: 'worker_batch_duration_seconds',
      help: 'From a consumed batch to all of its records finished.',
      labelNames: ['topic'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    });
    this.#transactionBatches = metrics.histogram({
      name: 'worker_transaction_batches',
      help: 'Batches, of as many partitions, that shared a transaction.',
      labelNames: ['topic'],
      buckets: [1, 2, 4, 8, 16, 32],
    });
    this.#transactionRecords = metrics.histogram({
      name: 'worker_transaction_records',
      help: 'Records committed by one transaction.',
      labelNames: ['topic'],
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
    });
    this.#halted = metrics.gauge({
      name: 'worker_halted',
      help: '1 when the worker stopped consuming because most records failed: restart it to resume.',
    });
    this.#lost = metrics.gauge({
      name: 'worker_records_lost',
      help: 'Records that were finished for Kafka but not in Postgres when the worker started: Postgres has lost what came of them.',
      labelNames: ['topic'],
    });
  }

  /** As found at the start; mostly none. */
  recordsLost(topic: string, lost: readonly LostRecords[]): void {
    this.#lost.set(
      { topic },
      lost.reduce((sum, { from, to }) => sum + Number(to - from), 0),
    );
    for (const { partition, from, to } of lost) {
      this.#logger.error(
        { topic, partition, from_offset: String(from), to_offset: String(to) },
        'Postgres has lost what came of these records: read them again',
      );
    }
  }

  lossUnknown(topic: string, error: unknown): void {
    this.#logger.warn({ topic, err: error }, 'whether Postgres has lost something could not be found out');
  }

  /** Why the worker has stopped making progress, if it has. */
  get notReadyReason(): string | undefined {
    return this.#haltReason ?? this.#waiting.values().next().value;
  }

  finished(place: Place, outcome: string, count: number): void {
    this.#waiting.delete(placeOf(place));
    this.#finished.inc({ topic: place.topic, outcome }, count);
  }

  batchDone(batch: ConsumedBatch, startedAt: number): void {
    const durationMs = performance.now() - startedAt;
    this.#batchSize.observe({ topic: batch.topic }, batch.records.length);
    this.#batchDuration.observe({ topic: batch.topic }, durationMs / 1000);
    const { topic, partition, records } = batch;
    this.#logger.info(
      { topic, partition, offset: records[0]?.offset, records: records.length, duration_ms: durationMs },
      'batch finished',
    );
  }

  batchAbandoned(batch: ConsumedBatch): void {
    this.#waiting.delete(placeOf(batch));
    this.#logger.info({ topic: batch.topic, partition: batch.partition }, 'batch left to the next owner');
  }

  willRetry(record: ConsumedRecord, code: string, error: unknown, attempts: number): void {
    this.#retries.inc({ topic: record.topic, code });
    this.#logger.warn(
      { ...positionOf(record), code, attempts, err: error },
      'record failed, will be retried',
    );
  }

  deadLettered(record: ConsumedRecord, code: string, error: unknown, attempts: number): void {
    this.#deadLetters.inc({ topic: record.topic, code });
    this.#logger.error({ ...positionOf(record), code, attempts, err: error }, 'record dead-lettered');
  }

  refusalUntold(record: ConsumedRecord, code: string, error: unknown): void {
    this.#logger.error(
      { ...positionOf(record), code, err: error },
      'what is to be known of a refused record cannot be kept',
    );
  }

  dependencyDown(place: Place, code: string, error: unknown): void {
    this.#waits.inc({ topic: place.topic, code });
    const why = error instanceof Error ? error.message.slice(0, REASON_CHARS_MAX) : '';
    this.#waiting.set(placeOf(place), `waits for a dependency: ${code} ${why}`);
    const { topic, partition } = place;
    this.#logger.warn({ topic, partition, code, err: error }, 'dependency down, partition waits');
  }

  partitionMissing(place: Place, error: unknown): void {
    this.#logger.error({ topic: place.topic, err: error }, 'no table partition for a row: making it');
  }

  committed(topic: string, batches: number, records: number): void {
    this.#transactionBatches.observe({ topic }, batches);
    this.#transactionRecords.observe({ topic }, records);
  }

  afterCommitFailed(topic: string, error: unknown): void {
    this.#logger.warn({ topic, err: error }, 'after-commit step failed');
  }

  halted(error: unknown): void {
    this.#haltReason = 'halted: most records failed; look at the log, then restart';
    this.#halted.set(1);
    this.#logger.fatal({ err: error }, 'consumption stopped: most records fail. Restart to resume');
  }
}

function placeOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}

function positionOf({ topic, partition, offset, key }: ConsumedRecord): Record<string, unknown> {
  return { topic, partition, offset, key: key?.toString('utf8', 0, KEY_BYTES_MAX) };
}
