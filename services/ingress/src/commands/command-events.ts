import type { PaymentIntentCommand } from '@payments/contracts';
import type { Logger, Metrics, Problem } from '@payments/runtime';

/** Logs and metrics of commands in the ingress: one line and one measurement per event. */
export class CommandEvents {
  readonly #logger: Logger;
  readonly #duration;
  readonly #refused;

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#duration = metrics.histogram({
      name: 'command_ingress_duration_seconds',
      help: "From a command's headers to its answer.",
      labelNames: ['type', 'status'],
    });
    this.#refused = metrics.counter({
      name: 'command_ingress_refused_total',
      help: 'Commands over HTTP that were not accepted, by the reason given to the caller.',
      labelNames: ['type', 'title'],
    });
  }

  accepted({ type, commandId, intentId, sender }: PaymentIntentCommand, startedAt: number): void {
    const durationMs = this.#observe(type, 202, startedAt);
    this.#logger.info(
      { type, command_id: commandId, intent_id: intentId, sender, duration_ms: durationMs },
      'command accepted',
    );
  }

  /** Logs which fields were invalid, but not their values. */
  refused(type: string, { status, title, detail, errors }: Problem, error: unknown, startedAt: number): void {
    const line = { type, status, duration_ms: this.#observe(type, status, startedAt) };
    this.#refused.inc({ type, title });
    if (status >= 500) this.#logger.error({ ...line, err: error }, 'command refused');
    else this.#logger.warn({ ...line, reason: detail, errors }, 'command refused');
  }

  aborted(type: string, startedAt: number): void {
    this.#refused.inc({ type, title: 'Request aborted' });
    this.#logger.info({ type, duration_ms: performance.now() - startedAt }, 'request aborted by the caller');
  }

  #observe(type: string, status: number, startedAt: number): number {
    const durationMs = performance.now() - startedAt;
    this.#duration.observe({ type, status: String(status) }, durationMs / 1000);
    return durationMs;
  }
}
