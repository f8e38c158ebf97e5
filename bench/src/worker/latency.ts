import type { GatewayProvider } from '@payments/domain';
import { signRazorpay, signStripe } from '@payments/simulator';
import { pacedLoad } from '../paced-load.js';
import { withServer } from '../server-process.js';
import { queryOnce, storedRows } from './databases.js';
import { readMetrics, sumOf } from './real-worker.js';
import type { Delivery, Workload } from './workload.js';

export const LATENCY_PROVIDERS: readonly GatewayProvider[] = ['stripe', 'razorpay'];
export const REQUESTS_PER_SECOND = 1_000;
export const WARM_UP_SECONDS = 5;
export const SECONDS = 20;

const INGRESS = 'services/ingress/dist/main.js';
const WEBHOOKS = 'services/webhooks/dist/main.js';
const CONNECTIONS = 64;

export interface Latency {
  readonly requestsPerSecond: number;
  readonly webhooks: number;
  /** Answers of the ingress that were not 200. */
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Share of all webhooks, warm-up included, that were committed within 100 ms, by the worker's own histogram. */
  readonly withinTarget: number;
}

export interface LatencyRun {
  readonly databaseUrl: string;
  readonly env: Record<string, string>;
  readonly ports: { readonly ingress: number; readonly webhooks: number };
  readonly secret: string;
  readonly workload: Workload;
}

/** Measures the time from a webhook's receipt to its commit, with the real ingress and worker, at a steady rate. */
export async function measureLatency(run: LatencyRun): Promise<Latency> {
  const { databaseUrl, ports, workload } = run;
  const env = { ...run.env, DATABASE_URL: databaseUrl };
  const count = REQUESTS_PER_SECOND * (WARM_UP_SECONDS + SECONDS);
  const deliveries = workload.deliveries.slice(0, count);
  if (deliveries.length < count) throw new Error(`${deliveries.length} webhooks are too few: ${count}`);
  const requests = deliveries.map((delivery) => requestOf(delivery, run.secret));
  const distinct = new Set(deliveries.map(({ webhookId }) => webhookId)).size;
  const [failed, metrics] = await withServer(INGRESS, ports.ingress, env, () =>
    withServer(WEBHOOKS, ports.webhooks, env, async () => {
      const load = { port: ports.ingress, connections: CONNECTIONS, requestsPerSecond: REQUESTS_PER_SECOND };
      const { failed: notAccepted } = await pacedLoad({ ...load, requests });
      await storedRows(databaseUrl, 'payment_webhooks', distinct - notAccepted);
      return [notAccepted, await readMetrics(ports.webhooks)] as const;
    }),
  );
  const [row] = await queryOnce<Omit<Latency, 'requestsPerSecond' | 'failed' | 'withinTarget'>>(
    databaseUrl,
    PERCENTILES,
  );
  if (row === undefined) throw new Error('nothing was stored');
  const histogram = 'webhook_processing_duration_seconds';
  const within = sumOf(metrics, new RegExp(`^${histogram}_bucket\\{le="0.1".*\\} (\\S+)`, 'gm'));
  const observed = sumOf(metrics, new RegExp(`^${histogram}_count\\{.*\\} (\\S+)`, 'gm'));
  return { requestsPerSecond: REQUESTS_PER_SECOND, failed, ...row, withinTarget: within / observed };
}

/** Like the worker's histogram, but by commit timestamps; for a webhook that waited, until it was settled. */
const PERCENTILES = `
WITH took AS (
  SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - received_at) * 1000 AS ms
  FROM payment_webhooks
  WHERE received_at >= (SELECT min(received_at) FROM payment_webhooks) + interval '${WARM_UP_SECONDS} s'
)
SELECT count(*)::int AS webhooks, (percentile_cont(0.5) WITHIN GROUP (ORDER BY ms))::float8 AS "p50Ms",
  (percentile_cont(0.99) WITHIN GROUP (ORDER BY ms))::float8 AS "p99Ms", max(ms)::float8 AS "maxMs"
FROM took`;

function requestOf({ provider, body }: Delivery, secret: string): Buffer {
  const headers = provider === 'stripe' ? signStripe(body, secret) : signRazorpay(body, secret);
  const head = [
    `POST /webhooks/${provider} HTTP/1.1`,
    'host: 127.0.0.1',
    `content-length: ${body.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head), body]);
}
