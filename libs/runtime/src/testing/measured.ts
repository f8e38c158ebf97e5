import type { Metrics } from '../metrics.js';

/** A metric's value, summed over the series with these labels; NaN if there is no such metric. */
export async function measured(
  { registry }: Pick<Metrics, 'registry'>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const metric = await registry.getSingleMetric(name)?.get();
  if (metric === undefined) return Number.NaN;
  return metric.values
    .filter(({ labels: has }) => Object.entries(labels).every(([label, value]) => has[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
