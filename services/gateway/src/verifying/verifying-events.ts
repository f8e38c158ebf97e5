import type { SettledByReport, VerifyingWebhook } from '@payments/persistence';
import type { Logger, Metrics } from '@payments/runtime';
import type { Verification } from './decide-verification.js';

/** Logs and metrics of the verification of webhooks. */
export class VerifyingEvents {
  readonly #logger: Logger;
  readonly #outcomes;
  readonly #age;

  constructor(metrics: Metrics, logger: Logger) {
    this.#logger = logger;
    this.#outcomes = metrics.counter({
      name: 'webhook_verifications_total',
      help: 'Times that a gateway was asked to confirm a webhook, by result: the status that the webhook took, or again.',
      labelNames: ['provider', 'outcome'],
    });
    this.#age = metrics.histogram({
      name: 'webhook_verified_age_seconds',
      help: 'Age of webhooks since receipt when they were verified.',
      labelNames: ['provider'],
      buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 600, 3_600, 86_400],
    });
  }

  /** Committed. */
  verified(webhook: VerifyingWebhook, verification: Verification, settled: SettledByReport | null): void {
    const { provider, webhookId, eventType, ageMs } = webhook;
    const outcome = outcomeOf(verification, settled);
    this.#outcomes.inc({ provider, outcome });
    if (outcome !== 'again') this.#age.observe({ provider }, ageMs / 1000);
    const line = {
      webhook_id: webhookId,
      event_type: eventType,
      outcome,
      age_ms: Math.round(ageMs),
      ...(settled?.verdict.paymentIntentId && { payment_id: settled.verdict.paymentIntentId }),
      ...('reason' in verification && { reason: verification.reason }),
    };
    this.#logger[outcome === 'failed' ? 'warn' : 'info'](line, 'webhook verified');
  }

  failed({ webhookId }: VerifyingWebhook, error: unknown): void {
    this.#logger.warn({ webhook_id: webhookId, err: error }, 'a webhook could not be verified now');
  }

  leaseFailed(error: unknown): void {
    this.#logger.warn({ err: error }, 'webhooks to verify could not be looked for, will be tried again');
  }
}

function outcomeOf({ kind }: Verification, settled: SettledByReport | null): string {
  if (settled !== null) return settled.verdict.status.toLowerCase();
  return kind === 'refuse' ? 'failed' : 'again';
}
