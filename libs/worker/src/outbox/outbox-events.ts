import type { OutboxState, PendingRow, RowToPark } from '@payments/persistence';
import type { Logger, Metrics } from '@payments/runtime';

/** Logs and metrics of a relay. */
export class OutboxEvents {
  readonly #logger: Logger;
  readonly #published;
  readonly #lag;
  readonly #parked;
  readonly #failures;
  readonly #leases;
  readonly #held;
  readonly #pending;
  readonly #age;
  readonly #parkedRows;
  readonly #parkedAge;

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#published = metrics.counter({
      name: 'outbox_published_total',
      help: 'Rows acknowledged by the broker, repetitions included.',
      labelNames: ['topic'],
    });
    this.#lag = metrics.histogram({
      name: 'outbox_publish_lag_seconds',
      help: "From the beginning of a row's transaction to the broker's acknowledgement.",
      labelNames: ['topic'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600],
    });
    this.#parked = metrics.counter({
      name: 'outbox_parked_total',
      help: 'Rows parked because they cannot be sent, and later rows of their intents.',
      labelNames: ['topic', 'code'],
    });
    this.#failures = metrics.counter({
      name: 'outbox_failures_total',
      help: 'Times that a relay could not continue and waited.',
      labelNames: ['code'],
    });
    this.#leases = metrics.counter({
      name: 'outbox_lease_changes_total',
      help: 'Shards that this relay acquired, released or lost.',
      labelNames: ['change'],
    });
    this.#held = metrics.gauge({ name: 'outbox_shards_held', help: 'Shards that this relay sends.' });
    this.#pending = metrics.gauge({
      name: 'outbox_rows_pending',
      help: 'Rows of all shards waiting to be sent; counted up to 10,000.',
    });
    this.#age = metrics.gauge({
      name: 'outbox_oldest_row_age_seconds',
      help: 'Age of the oldest row of all shards; 0 when none waits.',
    });
    this.#parkedRows = metrics.gauge({
      name: 'outbox_rows_parked',
      help: 'Parked rows; retried by the next relay that takes their shard. Counted up to 10,000.',
    });
    this.#parkedAge = metrics.gauge({
      name: 'outbox_oldest_parked_age_seconds',
      help: 'Age of the oldest parked row; 0 when there is none.',
    });
  }

  acknowledged({ topic }: Pick<PendingRow, 'topic'>, lagMs: number): void {
    this.#published.inc({ topic });
    this.#lag.observe({ topic }, lagMs / 1000);
  }

  published(rows: number, deleted: number, startedAt: number): void {
    const duration_ms = performance.now() - startedAt;
    this.#logger.debug({ rows, deleted, duration_ms }, 'outbox rows published');
  }

  parked(bad: readonly (RowToPark & { readonly row: PendingRow })[]): void {
    for (const { row, code, error } of bad) {
      const { topic, shard, id, paymentIntentId, key, version } = row;
      this.#parked.inc({ topic, code });
      this.#logger.error(
        { topic, shard, id, payment_intent_id: paymentIntentId, key, version, code, reason: error },
        'outbox row cannot be sent: put aside with its followers',
      );
    }
  }

  unparked(rows: number): void {
    if (rows > 0) this.#logger.warn({ rows }, 'outbox rows that were put aside are tried again');
  }

  waits(code: string, error: unknown, failures: number, delayMs: number): void {
    this.#failures.inc({ code });
    this.#logger.warn({ code, failures, delay_ms: delayMs, err: error }, 'outbox relay waits');
  }

  leasesChanged(change: 'taken' | 'released' | 'lost', shards: readonly number[], held: number): void {
    this.#held.set(held);
    if (shards.length === 0) return;
    this.#leases.inc({ change }, shards.length);
    this.#logger.info({ change, shards, held }, 'outbox shards changed hands');
  }

  roundFailed(what: string, error: unknown): void {
    this.#logger.warn({ err: error }, `outbox: ${what} failed, will be tried again`);
  }

  state({ pending, oldestMs, parked, oldestParkedMs }: OutboxState): void {
    this.#pending.set(pending);
    this.#age.set(oldestMs / 1000);
    this.#parkedRows.set(parked);
    this.#parkedAge.set(oldestParkedMs / 1000);
  }
}
