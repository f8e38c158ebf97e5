import { withServer } from '../server-process.js';
import { queryOnce, storedRows } from './databases.js';
import { WARM_UP_SHARE } from './steady-clock.js';

const SCRIPT = 'services/webhooks/dist/main.js';

export interface WorkerMeasured {
  readonly webhooks: number;
  readonly seconds: number;
  /** CPU seconds of the worker's process since its start, over all cores. */
  readonly cpuSeconds: number;
  readonly batches: number;
  /** Events that had not been published when the last webhook was found stored. */
  readonly untold: number;
  readonly statuses: Readonly<Record<string, number>>;
}

export interface WorkerRun {
  readonly databaseUrl: string;
  readonly env: Record<string, string>;
  readonly port: number;
  /** Number of webhooks in Kafka, duplicates included. */
  readonly delivered: number;
  readonly distinct: number;
}

/**
 * Runs services/webhooks until every webhook has its row, and measures from the commit that ends the warm-up to the
 * last one, by the clock of Postgres.
 */
export async function measureWorker(run: WorkerRun): Promise<WorkerMeasured> {
  const { databaseUrl, env, port } = run;
  const [metrics, untold] = await withServer(
    SCRIPT,
    port,
    { ...env, DATABASE_URL: databaseUrl },
    async () => {
      await storedRows(databaseUrl, 'payment_webhooks', run.distinct);
      return [await readMetrics(port), await countOutbox(databaseUrl)] as const;
    },
  );
  const [steady] = await queryOnce<{ seconds: number; share: number }>(databaseUrl, STEADY);
  return {
    webhooks: Math.round(run.delivered * (steady?.share ?? Number.NaN)),
    seconds: steady?.seconds ?? Number.NaN,
    untold,
    cpuSeconds: sumOf(metrics, /^process_cpu_seconds_total(?:\{.*\})? (\S+)/gm),
    batches: sumOf(metrics, /^worker_batch_duration_seconds_count(?:\{.*\})? (\S+)/gm),
    statuses: await statusesOf(databaseUrl),
  };
}

/** The time after the warm-up, and the share of all webhooks that were processed in it. */
const STEADY = `
WITH commits AS (
  SELECT pg_xact_commit_timestamp(xmin) AS at, count(*) AS webhooks FROM payment_webhooks GROUP BY xmin
), counted AS (
  SELECT at, sum(webhooks) OVER (ORDER BY at) / sum(webhooks) OVER () AS done FROM commits
), warm AS (
  SELECT at, done FROM counted WHERE done >= ${WARM_UP_SHARE} ORDER BY done LIMIT 1
)
SELECT extract(epoch FROM (SELECT max(at) FROM commits) - at)::float8 AS seconds, (1 - done)::float8 AS share
FROM warm`;

async function countOutbox(databaseUrl: string): Promise<number> {
  const [row] = await queryOnce<{ n: number }>(databaseUrl, 'SELECT count(*)::int AS n FROM outbox');
  return row?.n ?? Number.NaN;
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
