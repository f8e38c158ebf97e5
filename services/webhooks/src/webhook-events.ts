import { SealKeyUnknownError } from '@payments/contracts';
import type { WebhookStatus } from '@payments/domain';
import type {
  Applied,
  DeferredWebhook,
  PaymentChange,
  SettledWaiting,
  SettledWebhook,
  Verdict,
  WebhookRow,
} from '@payments/persistence';
import type { Logger, Metrics } from '@payments/runtime';

interface Stored {
  readonly row: WebhookRow;
  readonly verdict: Verdict | null;
}

type StoredName = Pick<WebhookRow, 'webhookId' | 'provider' | 'eventType'>;

const AGE_BUCKETS_S = [0.1, 1, 5, 30, 60, 300, 1_800, 3_600, 21_600, 86_400, 604_800];
const COUNT_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000];

/** Logs and metrics of the webhook worker. */
export class WebhookEvents {
  readonly #logger: Logger;
  readonly #duration;
  readonly #outcomes;
  readonly #effects;
  readonly #alerts;
  readonly #staleAge;
  readonly #waited;
  readonly #waitsOn;
  readonly #batchPayments;
  readonly #batchLongestFold;

  constructor(metrics: Metrics, logger: Logger) {
    this.#logger = logger;
    this.#duration = metrics.histogram({
      name: 'webhook_processing_duration_seconds',
      help: 'From receipt of a webhook by the ingress to the commit of its effect. Target: 0.1.',
      labelNames: ['provider'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
    });
    this.#outcomes = metrics.counter({
      name: 'webhook_outcomes_total',
      help: 'Webhooks processed, by outcome.',
      labelNames: ['provider', 'event_type', 'outcome'],
    });
    this.#effects = metrics.counter({
      name: 'payment_effects_total',
      help: 'Changes of payments, by type of event.',
      labelNames: ['type'],
    });
    this.#alerts = metrics.counter({
      name: 'payment_alerts_total',
      help: 'Payments that a person has to look at, by reason.',
      labelNames: ['code'],
    });
    this.#staleAge = metrics.histogram({
      name: 'webhook_stale_age_seconds',
      help: "How old, by the gateway's clock, webhooks were that came too late to matter.",
      labelNames: ['provider'],
      buckets: AGE_BUCKETS_S,
    });
    this.#waited = metrics.histogram({
      name: 'webhook_unmatched_wait_seconds',
      help: 'How long webhooks had waited for their payment when it was found.',
      labelNames: ['provider'],
      buckets: AGE_BUCKETS_S,
    });
    this.#waitsOn = metrics.counter({
      name: 'webhook_waits_on_total',
      help: 'Times that a waiting webhook could not be settled although its payment is known; labelled with the missing sealing key, if any.',
      labelNames: ['provider', 'missing_key'],
    });
    this.#batchPayments = metrics.histogram({
      name: 'webhook_batch_payments',
      help: 'Payments in a batch: the most that could be decided concurrently.',
      buckets: COUNT_BUCKETS,
    });
    this.#batchLongestFold = metrics.histogram({
      name: 'webhook_batch_longest_fold',
      help: 'Most facts of one payment in a batch: these have to be decided one after another.',
      buckets: COUNT_BUCKETS,
    });
  }

  /** A batch was committed; `received` are its webhooks, repetitions included. */
  applied(
    received: readonly StoredName[],
    { stored, applied }: { readonly stored: readonly Stored[]; readonly applied: Applied },
  ): void {
    const now = Date.now();
    const isNew = new Set(stored.map(({ row }) => row.webhookId));
    // A batch may contain several deliveries of one webhook; one of them made the row.
    this.duplicates(received.filter(({ webhookId }) => !isNew.delete(webhookId)));
    for (const { row } of stored) this.#stored(row, now);
    for (const change of applied.changes) this.#changed(change);
    this.#batchShape(applied.changes);
  }

  /** Waiting webhooks were settled, in a committed transaction. */
  settled({ settled, deferred, changes }: SettledWaiting): void {
    const now = Date.now();
    for (const one of settled) this.#settled(one, now);
    for (const one of deferred) this.#deferred(one);
    for (const change of changes) this.#changed(change);
  }

  /** A webhook that had FAILED, since nothing could be read of it, has another status now. */
  readAgain(
    { provider, eventType, webhookId }: StoredName,
    status: WebhookStatus,
    changes: readonly PaymentChange[],
  ): void {
    this.#outcomes.inc({ provider, event_type: eventType, outcome: `read_again_${status.toLowerCase()}` });
    this.#logger.info({ webhook_id: webhookId, status }, 'a webhook that could not be read was read');
    for (const change of changes) this.#changed(change);
  }

  duplicates(webhooks: readonly StoredName[]): void {
    for (const { provider } of webhooks) {
      this.#outcomes.inc({ provider, event_type: 'other', outcome: 'duplicate' });
    }
  }

  #stored(row: WebhookRow, now: number): void {
    const { provider, eventType, status } = row;
    // Event types without effect are open-ended: one series for all of them bounds the number of series.
    const event_type = status === 'IGNORED' ? 'other' : eventType;
    this.#outcomes.inc({ provider, event_type, outcome: status.toLowerCase() });
    // By the clocks of two machines: a sum that went down would be taken for a restart.
    this.#duration.observe({ provider }, Math.max(0, now - row.receivedAt.getTime()) / 1000);
    if (status === 'STALE' && row.eventTime !== null) {
      this.#staleAge.observe({ provider }, Math.max(0, now - row.eventTime.getTime()) / 1000);
    }
    if (status === 'FAILED') this.#failed(row.webhookId, row.error ?? null);
  }

  #settled({ webhook, settlement }: SettledWebhook, now: number): void {
    const { provider, eventType, receivedAt, webhookId } = webhook;
    const outcome = `claimed_${settlement.status.toLowerCase()}`;
    this.#outcomes.inc({ provider, event_type: eventType, outcome });
    this.#waited.observe({ provider }, Math.max(0, now - receivedAt) / 1000);
    if (settlement.status === 'FAILED') this.#failed(webhookId, settlement.error);
  }

  #deferred({ webhook: { provider, webhookId }, error }: DeferredWebhook): void {
    const missing_key = error instanceof SealKeyUnknownError ? error.keyId : '';
    this.#waitsOn.inc({ provider, missing_key });
    this.#logger.warn({ webhook_id: webhookId, missing_key, err: error }, 'waiting webhook waits on');
  }

  #failed(webhookId: string, error: string | null): void {
    this.#logger.warn({ webhook_id: webhookId, error }, 'webhook cannot be applied');
  }

  #changed({ folded }: PaymentChange): void {
    for (const { type } of folded.events) this.#effects.inc({ type });
    const { intentId } = folded.payment.intent;
    for (const { code, leg, objectId } of folded.alerts) {
      this.#alerts.inc({ code });
      this.#logger.warn({ intent_id: intentId, code, leg, object_id: objectId }, 'payment needs a look');
    }
  }

  #batchShape(changes: readonly PaymentChange[]): void {
    if (changes.length === 0) return;
    this.#batchPayments.observe(changes.length);
    this.#batchLongestFold.observe(Math.max(...changes.map(({ folded }) => folded.decisions.length)));
  }
}
