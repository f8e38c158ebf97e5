import { expect, test } from '@jest/globals';
import { Metrics } from './metrics.js';

test('metrics are counted in a registry of their own', async () => {
  const [metrics, others] = [new Metrics({ defaultMetrics: false }), new Metrics({ defaultMetrics: false })];
  const counter = metrics.counter({ name: 'things_total', help: 'Things.', labelNames: ['kind'] });
  counter.inc({ kind: 'a' }, 2);
  metrics.histogram({ name: 'work_seconds', help: 'Work.', buckets: [0.1, 1] }).observe(0.5);
  metrics.gauge({ name: 'queue', help: 'Queue.', collect: (gauge) => gauge.set(7) });
  const text = await metrics.registry.metrics();
  expect(text).toContain('things_total{kind="a"} 2');
  expect(text).toContain('work_seconds_bucket{le="0.1"} 0');
  expect(text).toContain('work_seconds_bucket{le="1"} 1');
  expect(text).toContain('queue 7');
  expect(await others.registry.metrics()).toBe('\n');
});

test('asking for a name again gives the same metric', () => {
  const metrics = new Metrics({ defaultMetrics: false });
  const options = { name: 'things_total', help: 'Things.' };
  expect(metrics.counter(options)).toBe(metrics.counter(options));
  expect(() => metrics.gauge(options)).toThrow('already been registered');
});

test('the process is measured by default', async () => {
  expect(await new Metrics().registry.metrics()).toContain('process_cpu_seconds_total');
});
