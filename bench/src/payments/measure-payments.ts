import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { until } from '@payments/local/testing';
import { openDatabase } from '@payments/persistence';
import type { LedgerPayment } from '@payments/simulator';
import { type Creation, creations } from '../commands/creations.js';
import { load } from '../load.js';
import { percentile } from '../median.js';
import { pacedLoad } from '../paced-load.js';
import { queryOnce } from '../worker/databases.js';
import { type Hops, hopsOf, STAGES_OF_PAYMENTS, type Stages } from './hops.js';

export const CONNECTIONS = 64;
export const WARM_UP_SECONDS = 3;
export const SECONDS = 10;
const COMPLETE_MS_MAX = 300_000;
const COUNT_EVERY_MS = 1_000;

/** The measured system: everything from the ingress to the simulated gateways and back. */
export interface Measurable {
  readonly port: number;
  readonly databaseUrl: string;
  readonly simulatorUrl: string;
}

export interface Rate {
  readonly payments: number;
  /** From the first request until the last payment had succeeded and its webhook was processed. */
  readonly completePerSecond: number;
}

/** Measures the maximum rate. @throws Error if a creation is refused, or a payment not charged exactly once */
export async function measureRate(measured: Measurable, count: number): Promise<Rate> {
  const all = payments(count);
  const requests = all.map(({ request }) => request).values();
  const before = await countComplete(measured);
  const startedAtMs = performance.timeOrigin + performance.now();
  const { failed } = await load({ port: measured.port, connections: CONNECTIONS, seconds: 60, requests });
  if (failed > 0) throw new Error(`${failed} of ${count} creations were not accepted`);
  const times = await completed(measured, all, before);
  const lastAtMs = Math.max(...times.map(({ completeAt }) => completeAt));
  return { payments: count, completePerSecond: count / ((lastAtMs - startedAtMs) / 1000) };
}

/** In milliseconds. */
export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Latency {
  readonly paymentsPerSecond: number;
  readonly payments: number;
  /**
   * From the time at which the creation was due to the commit of the payment's success, by the commit's timestamp. At
   * PayPal and Razorpay this includes a customer, who acts at once, and a webhook.
   */
  readonly confirmed: Readonly<Record<GatewayProvider, Percentiles>>;
  /** The durations of the stages. */
  readonly hops: Readonly<Record<GatewayProvider, Hops>>;
  /** Until the gateway's webhook was committed as well. */
  readonly complete: Percentiles;
}

/** Measures the latency at a steady rate, after a warm-up. @throws as `measureRate` */
export async function measureLatency(measured: Measurable, paymentsPerSecond: number): Promise<Latency> {
  const all = payments(paymentsPerSecond * (WARM_UP_SECONDS + SECONDS));
  const requests = all.map(({ request }) => request);
  const before = await countComplete(measured);
  const { failed, startedAtMs } = await pacedLoad({
    port: measured.port,
    connections: CONNECTIONS,
    requestsPerSecond: paymentsPerSecond,
    requests,
  });
  if (failed > 0) throw new Error(`${failed} of ${all.length} creations were not accepted`);
  const dueAtMs = new Map(
    all.map(({ orderId }, index) => [orderId, startedAtMs + (index / paymentsPerSecond) * 1000]),
  );
  const warmUpEndsAtMs = startedAtMs + WARM_UP_SECONDS * 1000;
  const took = (await completed(measured, all, before)).flatMap((one) => {
    const { orderId, succeededAt, completeAt } = one;
    const dueAt = dueAtMs.get(orderId) ?? Number.NaN;
    if (dueAt < warmUpEndsAtMs) return [];
    return { ...one, dueAt, confirmed: succeededAt - dueAt, complete: completeAt - dueAt };
  });
  const tookAt = Map.groupBy(took, ({ provider }) => provider);
  const confirmedAt = (provider: GatewayProvider): Percentiles =>
    percentiles((tookAt.get(provider) ?? []).map(({ confirmed }) => confirmed));
  return {
    paymentsPerSecond,
    payments: took.length,
    confirmed: Object.fromEntries(
      GATEWAY_PROVIDERS.map((provider) => [provider, confirmedAt(provider)]),
    ) as Latency['confirmed'],
    hops: Object.fromEntries(
      GATEWAY_PROVIDERS.map((provider) => [provider, hopsOf(tookAt.get(provider) ?? [])]),
    ) as Latency['hops'],
    complete: percentiles(took.map(({ complete }) => complete)),
  };
}

/** Payments that are confirmed as soon as their gateway allows it. */
function payments(count: number): Creation[] {
  return creations(count, (gatewayProvider) => ({
    // At Razorpay the customer confirms by paying.
    confirm: gatewayProvider !== 'razorpay',
    ...(gatewayProvider === 'stripe' && { paymentMethodToken: 'pm_card_visa' }),
    ...(gatewayProvider === 'razorpay' && { currency: 'INR' }),
  }));
}

function percentiles(values: readonly number[]): Percentiles {
  return { p50Ms: percentile(values, 0.5), p99Ms: percentile(values, 0.99) };
}

/** In milliseconds since the epoch. */
interface Times extends Stages {
  readonly orderId: string;
  readonly provider: GatewayProvider;
  readonly status: string;
  readonly succeededAt: number;
  readonly completeAt: number;
}

/** Types of webhooks that report a capture: each payment gets one of them. */
const TAKEN = `('payment_intent.succeeded', 'PAYMENT.CAPTURE.COMPLETED', 'payment.captured')`;

/** Counts the complete payments so far. Cheap, because counting takes CPU time from the measured system. */
const COUNT = `
SELECT count(DISTINCT payment_intent_id)::int AS n FROM payment_webhooks
WHERE event_type IN ${TAKEN} AND status IN ('PROCESSED', 'STALE')`;

const millis = (column: string): string =>
  `(extract(epoch FROM pg_xact_commit_timestamp(${column})) * 1000)::float8`;

const TIMES = `
SELECT order_id AS "orderId", gateway_provider AS provider, status, stages.*,
  ${millis('intent.xmin')} AS "succeededAt",
  greatest(${millis('intent.xmin')}, (SELECT min(${millis('webhook.xmin')}) FROM payment_webhooks webhook
    WHERE webhook.payment_intent_id = intent.id AND event_type IN ${TAKEN})) AS "completeAt"
FROM payment_intents intent JOIN (${STAGES_OF_PAYMENTS}) AS stages ON stages.payment_intent_id = intent.id
WHERE order_id = ANY($1)`;

/** Waits until all are complete. @param before number of payments that were complete before */
async function completed(
  { databaseUrl, simulatorUrl }: Measurable,
  all: readonly Creation[],
  before: number,
): Promise<Times[]> {
  const database = await openDatabase({ url: databaseUrl, poolSize: 1, applicationName: 'bench' });
  try {
    await until(async () => countIn(await database.primary.query(COUNT)) === before + all.length, {
      timeoutMs: COMPLETE_MS_MAX,
      everyMs: COUNT_EVERY_MS,
      what: `${all.length} payments to be complete`,
    });
    await requireOneChargeEach(simulatorUrl);
    const times: Times[] = await database.primary.query(TIMES, [all.map(({ orderId }) => orderId)]);
    const succeeded = times.filter(({ status }) => status === 'SUCCEEDED').length;
    if (succeeded !== all.length) throw new Error(`only ${succeeded} of ${all.length} have succeeded`);
    return times;
  } finally {
    await database.close();
  }
}

async function countComplete({ databaseUrl }: Measurable): Promise<number> {
  return countIn(await queryOnce(databaseUrl, COUNT));
}

function countIn([row]: readonly { readonly n: number }[]): number {
  return row?.n ?? 0;
}

/** Checks the simulated gateways' own ledger. */
async function requireOneChargeEach(simulatorUrl: string): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/control/ledger`);
  const { payments: books } = (await answer.json()) as { payments: LedgerPayment[] };
  const wrong = books.filter(({ chargeCount }) => chargeCount !== 1);
  if (wrong.length > 0) throw new Error(`${wrong.length} payments were charged otherwise than once`);
}
