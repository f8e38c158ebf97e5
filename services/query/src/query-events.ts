import type { Logger, Metrics } from '@payments/runtime';

/** Logs and metrics of the read side. */
export class QueryEvents {
  readonly #logger: Logger;
  readonly #duration;

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#duration = metrics.histogram({
      name: 'query_duration_seconds',
      help: "From a request's headers to its answer, the time that a caller asked to wait included.",
      labelNames: ['route', 'status'],
    });
  }

  answered(route: string, status: number, startedAt: number): void {
    this.#duration.observe({ route, status: String(status) }, (performance.now() - startedAt) / 1000);
  }

  failed(route: string, error: unknown): void {
    this.#logger.error({ route, err: error }, 'request failed');
  }
}
