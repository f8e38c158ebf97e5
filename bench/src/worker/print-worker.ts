import type { BusyBefore } from '../machine.js';
import { median } from '../median.js';
import type { Measured } from './contender.js';
import type { Latency } from './latency.js';
import type { WorkerMeasured } from './real-worker.js';

/** One entry per round for each measurement. */
export interface WorkerResults {
  readonly limit: (Measured & BusyBefore)[];
  readonly worker: (WorkerMeasured & BusyBefore)[];
  readonly 'first version': (Measured & BusyBefore)[];
  readonly 'stripe-sync-engine': (Measured & BusyBefore)[];
  readonly latency: (Latency & BusyBefore)[];
}

const NAMES = ['limit', 'worker', 'first version', 'stripe-sync-engine'] as const;

export function printWorker(results: WorkerResults, { rounds }: { readonly rounds: number }): void {
  const rate = (name: (typeof NAMES)[number]): number =>
    median(results[name].map(({ webhooks, seconds }) => webhooks / seconds));
  const ratio = (name: (typeof NAMES)[number], goal: string): string =>
    `  worker / ${name.padEnd(19)} ${(rate('worker') / rate(name)).toFixed(2).padStart(6)} (goal ${goal})`;
  const p50 = median(results.latency.map(({ p50Ms }) => p50Ms));
  const p99 = median(results.latency.map(({ p99Ms }) => p99Ms));
  console.log(`\nWebhook worker, median of ${rounds} interleaved rounds:`);
  for (const name of NAMES) {
    const each = results[name].map(({ webhooks, seconds }) => (webhooks / seconds).toFixed(0)).join(', ');
    console.log(`  ${name.padEnd(19)} ${rate(name).toFixed(0).padStart(7)} webhooks/s  (${each})`);
  }
  console.log(ratio('limit', '0.60'));
  console.log(ratio('first version', '10'));
  console.log(ratio('stripe-sync-engine', '2.5'));
  console.log(`  events not told at the end: ${results.worker.map(({ untold }) => untold).join(', ')}`);
  console.log(
    `  accepted to committed at 1,000/s: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms (goal 100)`,
  );
  const busy = median(
    [...NAMES, 'latency' as const].flatMap((name) => results[name].map((one) => one.busyBefore)),
  );
  console.log(`  others took ${(busy * 100).toFixed(0)} % of the cores meanwhile`);
}
