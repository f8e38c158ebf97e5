import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';

export type { Counter, Gauge, Histogram };

interface MetricOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Few values each, and never ids: every combination is a separate time series. */
  readonly labelNames?: readonly Label[];
}

/** Upper bounds in seconds: 1 ms to 30 s. */
const DURATION_BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The metrics of one process in their own registry. Requesting a name twice returns the same metric. */
export class Metrics {
  readonly registry = new Registry();

  constructor({ defaultMetrics = true }: { readonly defaultMetrics?: boolean } = {}) {
    if (defaultMetrics) collectDefaultMetrics({ register: this.registry });
  }

  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label> {
    const known = this.registry.getSingleMetric(options.name);
    if (known instanceof Counter) return known as Counter<Label>;
    return new Counter(this.#register(options) satisfies CounterConfiguration<Label>);
  }

  /** @param options `buckets` are upper bounds; default: 1 ms to 30 s, in seconds */
  histogram<Label extends string = never>(
    options: MetricOptions<Label> & { readonly buckets?: readonly number[] },
  ): Histogram<Label> {
    const known = this.registry.getSingleMetric(options.name);
    if (known instanceof Histogram) return known as Histogram<Label>;
    const buckets = [...(options.buckets ?? DURATION_BUCKETS_S)];
    return new Histogram({ ...this.#register(options), buckets } satisfies HistogramConfiguration<Label>);
  }

  /** @param options `collect` sets the gauge when it is scraped. */
  gauge<Label extends string = never>(
    options: MetricOptions<Label> & { readonly collect?: (gauge: Gauge<Label>) => void | Promise<void> },
  ): Gauge<Label> {
    const known = this.registry.getSingleMetric(options.name);
    if (known instanceof Gauge) return known as Gauge<Label>;
    const configuration: GaugeConfiguration<Label> = this.#register(options);
    const { collect } = options;
    if (collect !== undefined) {
      configuration.collect = function (this: Gauge<Label>) {
        return collect(this);
      };
    }
    return new Gauge(configuration);
  }

  #register<Label extends string>({ name, help, labelNames = [] }: MetricOptions<Label>) {
    return { name, help, labelNames: [...labelNames], registers: [this.registry] };
  }
}
