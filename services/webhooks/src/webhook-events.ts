import type { WebhookRow } from '@payments/persistence';
import type { Metrics } from '@payments/runtime';
import type { Message } from '@payments/worker';

/** What the webhook worker measures. */
export class WebhookEvents {
  readonly #duration;
  readonly #outcomes;

  constructor(metrics: Metrics) {
    this.#duration = metrics.histogram({
      name: 'webhook_processing_duration_seconds',
      help: 'From the ingress receiving a webhook to its row committed. Target: 0.1.',
      labelNames: ['provider'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
    });
    this.#outcomes = metrics.counter({
      name: 'webhook_outcomes_total',
      help: 'Webhooks processed, by what became of them.',
      labelNames: ['provider', 'event_type', 'outcome'],
    });
  }

  stored(messages: readonly Message<WebhookRow>[], inserted: ReadonlySet<string>): void {
    const now = Date.now();
    const counted = new Set<string>();
    for (const { value: row } of messages) {
      // A batch may hold several deliveries of one webhook; one of them made the row.
      const isNew = inserted.has(row.webhookId) && !counted.has(row.webhookId);
      counted.add(row.webhookId);
      this.#count(row, isNew ? row.status.toLowerCase() : 'duplicate');
      if (isNew) this.#duration.observe({ provider: row.provider }, (now - row.receivedAt.getTime()) / 1000);
    }
  }

  alreadyStored(messages: readonly Message<WebhookRow>[]): void {
    for (const { value: row } of messages) this.#count(row, 'duplicate');
  }

  #count({ provider, eventType, status }: WebhookRow, outcome: string): void {
    // Types without effect are open-ended: one series for all of them keeps the number of series bounded.
    const event_type = status === 'IGNORED' ? 'other' : eventType;
    this.#outcomes.inc({ provider, event_type, outcome });
  }
}
