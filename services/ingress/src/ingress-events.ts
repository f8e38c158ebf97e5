import type { GatewayProvider } from '@payments/domain';
import type { Logger, Metrics, Problem } from '@payments/runtime';

/** What the ingress tells its operators: each event is one log line and one measurement. */
export class IngressEvents {
  readonly #logger: Logger;
  readonly #duration;
  readonly #refused;

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#duration = metrics.histogram({
      name: 'webhook_ingress_duration_seconds',
      help: "From a request's headers to its answer.",
      labelNames: ['provider', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    });
    this.#refused = metrics.counter({
      name: 'webhook_ingress_refused_total',
      help: 'Webhooks not accepted, by the reason given to the caller.',
      labelNames: ['provider', 'title'],
    });
  }

  answered(provider: GatewayProvider, status: number, startedAt: number): void {
    this.#duration.observe({ provider, status: String(status) }, (performance.now() - startedAt) / 1000);
  }

  refused(provider: GatewayProvider, problem: Problem, error: unknown): void {
    this.#refused.inc({ provider, title: problem.title });
    const { status, detail } = problem;
    if (status >= 500) this.#logger.error({ provider, status, err: error }, 'webhook refused');
    // Anybody can cause one of these: a line, not a stack trace.
    else this.#logger.warn({ provider, status, reason: detail }, 'webhook refused');
  }

  /** A request that no handler of ours answered: what express could not read, or a fault of ours. */
  failed(error: unknown): void {
    this.#refused.inc({ provider: 'none', title: 'Request failed' });
    this.#logger.warn({ err: error }, 'request failed');
  }

  aborted(provider: GatewayProvider, startedAt: number): void {
    this.#refused.inc({ provider, title: 'Request aborted' });
    this.#logger.info(
      { provider, duration_ms: performance.now() - startedAt },
      'request aborted by the caller',
    );
  }
}
