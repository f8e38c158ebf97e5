import { withServer } from '../server-process.js';
import { queryOnce, storedRows } from './databases.js';

const SCRIPT = 'services/webhooks/dist/main.js';

export interface WorkerMeasured {
  readonly webhooks: number;
  readonly seconds: number;
  /** CPU seconds of the worker's process over the whole of its life, of both of its cores. */
  readonly cpuSeconds: number;
  readonly batches: number;
  readonly statuses: Readonly<Record<string, number>>;
}

export interface WorkerRun {
  readonly databaseUrl: string;
  readonly env: Record<string, string>;
  readonly port: number;
  /** Webhooks that are in Kafka, and how many different ones these are. */
  readonly delivered: number;
  readonly distinct: number;
}

/**
 * Runs services/webhooks as it is until every webhook has its row. Measured is from the beginning of its first
 * transaction to its last commit, by the clock of Postgres.
 */
export async function measureWorker(run: WorkerRun): Promise<WorkerMeasured> {
  const { databaseUrl, env, port } = run;
  const metrics = await withServer(SCRIPT, port, { ...env, DATABASE_URL: databaseUrl }, async () => {
    await storedRows(databaseUrl, 'payment_webhooks', run.distinct);
    return readMetrics(port);
  });
  const [took] = await queryOnce<{ seconds: number }>(
    databaseUrl,
    `SELECT extract(epoch FROM max(pg_xact_commit_timestamp(xmin)) - min(processed_at))::float8 AS seconds
     FROM payment_webhooks`,
  );
  return {
    webhooks: run.delivered,
    seconds: took?.seconds ?? Number.NaN,
    cpuSeconds: sumOf(metrics, /^process_cpu_seconds_total(?:\{.*\})? (\S+)/gm),
    batches: sumOf(metrics, /^worker_batch_duration_seconds_count(?:\{.*\})? (\S+)/gm),
    statuses: await statusesOf(databaseUrl),
  };
}

async function statusesOf(databaseUrl: string): Promise<Record<string, number>> {
  const rows = await queryOnce<{ status: string; n: number }>(
    databaseUrl,
    'SELECT status, count(*)::int AS n FROM payment_webhooks GROUP BY 1 ORDER BY 1',
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
}

export async function readMetrics(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  return answer.text();
}

export function sumOf(metrics: string, pattern: RegExp): number {
  return Array.from(metrics.matchAll(pattern), ([, value]) => Number(value)).reduce((a, b) => a + b, 0);
}
