import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { until } from '@payments/local/testing';
import { type Database, openDatabase } from '@payments/persistence';
import type { LedgerPayment } from '@payments/simulator';
import { type Creation, creations } from '../commands/creations.js';
import { load } from '../load.js';
import { percentile } from '../median.js';
import { pacedLoad } from '../paced-load.js';

export const CONNECTIONS = 64;
export const WARM_UP_SECONDS = 3;
export const SECONDS = 10;
const COMPLETE_MS_MAX = 300_000;
/** Seldom: counting takes from the cores that are measured. */
const COUNT_EVERY_MS = 500;

/** What is measured: everything from the ingress to the simulated gateways and back. */
export interface Measurable {
  readonly port: number;
  readonly databaseUrl: string;
  readonly simulatorUrl: string;
}

export interface Rate {
  readonly payments: number;
  /** From the first request until the last payment had succeeded and heard its gateway's webhook. */
  readonly completePerSecond: number;
}

/** As fast as the ingress takes them. @throws Error if one is refused, or charged otherwise than once */
export async function measureRate(measured: Measurable, count: number): Promise<Rate> {
  const all = payments(count);
  const requests = all.map(({ request }) => request).values();
  const startedAtMs = performance.timeOrigin + performance.now();
  const { failed } = await load({
    ...{ port: measured.port, connections: CONNECTIONS, seconds: 60, requests },
  });
  if (failed > 0) throw new Error(`${failed} of ${count} creations were not accepted`);
  const times = await completed(measured, all);
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
   * From the moment that a creation was due to its payment's success being committed, by the commit's own time. At
   * PayPal and Razorpay a customer, who acts at once, and a webhook are on the way there.
   */
  readonly confirmed: Readonly<Record<GatewayProvider, Percentiles>>;
  /** Until the gateway's webhook of it was committed, too. */
  readonly complete: Percentiles;
}

/** At a steady rate, after a warm-up. @throws Error if one is refused, or charged otherwise than once */
export async function measureLatency(measured: Measurable, paymentsPerSecond: number): Promise<Latency> {
  const all = payments(paymentsPerSecond * (WARM_UP_SECONDS + SECONDS));
  const requests = all.map(({ request }) => request);
  const { failed, startedAtMs } = await pacedLoad({
    ...{ port: measured.port, connections: CONNECTIONS, requestsPerSecond: paymentsPerSecond, requests },
  });
  if (failed > 0) throw new Error(`${failed} of ${all.length} creations were not accepted`);
  const byOrder = new Map((await completed(measured, all)).map((one) => [one.orderId, one]));
  const took = all.slice(paymentsPerSecond * WARM_UP_SECONDS).map(({ orderId }, index) => {
    const dueAt = startedAtMs + (WARM_UP_SECONDS + index / paymentsPerSecond) * 1000;
    const { provider, succeededAt, completeAt } = byOrder.get(orderId) ?? MISSING;
    return { provider, confirmed: succeededAt - dueAt, complete: completeAt - dueAt };
  });
  const confirmedAt = (provider: GatewayProvider): Percentiles =>
    percentiles(took.filter((one) => one.provider === provider).map(({ confirmed }) => confirmed));
  return {
    ...{ paymentsPerSecond, payments: took.length },
    confirmed: Object.fromEntries(
      GATEWAY_PROVIDERS.map((provider) => [provider, confirmedAt(provider)]),
    ) as Latency['confirmed'],
    complete: percentiles(took.map(({ complete }) => complete)),
  };
}

/** Confirmed as soon as their gateway allows it. */
function payments(count: number): Creation[] {
  return creations(count, (gatewayProvider) => ({
    // At Razorpay it is the customer who confirms, by paying.
    confirm: gatewayProvider !== 'razorpay',
    ...(gatewayProvider === 'stripe' && { paymentMethodToken: 'pm_card_visa' }),
    ...(gatewayProvider === 'razorpay' && { currency: 'INR' }),
  }));
}

function percentiles(values: readonly number[]): Percentiles {
  return { p50Ms: percentile(values, 0.5), p99Ms: percentile(values, 0.99) };
}

/** In milliseconds since the epoch. */
interface Times {
  readonly orderId: string;
  readonly provider: GatewayProvider;
  readonly succeededAt: number;
  readonly completeAt: number;
}

const MISSING: Times = { orderId: '', provider: 'stripe', succeededAt: Number.NaN, completeAt: Number.NaN };

/** The webhooks that tell of money that was taken; one of them comes for each payment. */
const TAKEN = `('payment_intent.succeeded', 'PAYMENT.CAPTURE.COMPLETED', 'payment.captured')`;

const COUNT = `
SELECT count(DISTINCT payment_intent_id)::int AS n FROM payment_webhooks JOIN payment_intents intent
  ON intent.id = payment_intent_id
WHERE event_type IN ${TAKEN} AND payment_webhooks.status IN ('PROCESSED', 'STALE') AND intent.status = 'SUCCEEDED'
  AND intent.order_id = ANY($1)`;

const millis = (column: string): string =>
  `(extract(epoch FROM pg_xact_commit_timestamp(${column})) * 1000)::float8`;

const TIMES = `
SELECT order_id AS "orderId", gateway_provider AS provider, ${millis('intent.xmin')} AS "succeededAt",
  greatest(${millis('intent.xmin')}, (SELECT min(${millis('webhook.xmin')}) FROM payment_webhooks webhook
    WHERE webhook.payment_intent_id = intent.id AND event_type IN ${TAKEN})) AS "completeAt"
FROM payment_intents intent WHERE order_id = ANY($1)`;

/** Waits until all are complete. */
async function completed(
  { databaseUrl, simulatorUrl }: Measurable,
  all: readonly Creation[],
): Promise<Times[]> {
  const orderIds = all.map(({ orderId }) => orderId);
  const database = await openDatabase({ url: databaseUrl, poolSize: 1, applicationName: 'bench' });
  try {
    await until(async () => (await countComplete(database, orderIds)) === all.length, {
      ...{ timeoutMs: COMPLETE_MS_MAX, everyMs: COUNT_EVERY_MS },
      what: `${all.length} payments to be complete`,
    });
    await requireOneChargeEach(simulatorUrl);
    return await database.primary.query(TIMES, [orderIds]);
  } finally {
    await database.close();
  }
}

async function countComplete({ primary }: Database, orderIds: readonly string[]): Promise<number> {
  const [row]: { n: number }[] = await primary.query(COUNT, [orderIds]);
  return row?.n ?? 0;
}

/** By the gateways' own books. */
async function requireOneChargeEach(simulatorUrl: string): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/control/ledger`);
  const { payments: books } = (await answer.json()) as { payments: LedgerPayment[] };
  const wrong = books.filter(({ chargeCount }) => chargeCount !== 1);
  if (wrong.length > 0) throw new Error(`${wrong.length} payments were charged otherwise than once`);
}
