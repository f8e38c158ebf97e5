import { type GatewayProvider, intentIdOf } from '@payments/domain';
import { readWebhook } from '@payments/gateways';
import type { NewPaymentRow } from '@payments/persistence';
import {
  outcomesOf,
  type PaymentEnd,
  paymentHistory,
  type Random,
  type SimulatedWebhook,
  seededRandom,
} from '@payments/simulator';

/** Equal specifications yield equal payments and webhooks, byte for byte, in every process. */
export interface WorkloadSpec {
  readonly seed: number;
  readonly payments: number;
  /** Used by the payments in turn. */
  readonly providers: readonly GatewayProvider[];
  /** Time of receipt, in milliseconds since the epoch. */
  readonly atMs: number;
  /** Share of webhooks that are delivered twice, from 0 to 1. */
  readonly duplicates: number;
}

export interface Delivery {
  readonly provider: GatewayProvider;
  readonly webhookId: string;
  readonly eventType: string;
  /** The Kafka key that the ingress uses. */
  readonly key: string;
  readonly receivedAt: number;
  readonly body: Buffer;
}

export interface Workload {
  readonly payments: readonly NewPaymentRow[];
  /** The expected end of each payment, by order id. */
  readonly ends: ReadonlyMap<string, PaymentEnd>;
  /** In the order of arrival: shuffled within windows, some twice. */
  readonly deliveries: readonly Delivery[];
  /** Number of different webhooks among them. */
  readonly distinct: number;
}

/** Distance, in positions, of the first webhooks of consecutive payments: a payment has about this many webhooks. */
const PER_PAYMENT = 5;
/** Distance, in positions, of consecutive webhooks of a payment. */
const STEP = 150;
/** Maximum random delay, in positions: more than STEP, so that webhooks of a payment overtake one another. */
const SHUFFLE = 300;
/** Maximum distance, in positions, of a second delivery from the first. */
const DUPLICATE_BEHIND = 2_000;

/** Generates complete histories of payments, with every outcome that their gateways allow. */
export function makeWorkload({ seed, payments, providers, atMs, duplicates }: WorkloadSpec): Workload {
  const random = seededRandom(seed);
  const rows: NewPaymentRow[] = [];
  const ends = new Map<string, PaymentEnd>();
  const arrivals: { readonly position: number; readonly delivery: Delivery }[] = [];
  let distinct = 0;
  for (let index = 0; index < payments; index += 1) {
    const provider = providers[index % providers.length] ?? 'stripe';
    const orderId = `order-${seed}-${index}`;
    const { row, end, webhooks } = onePayment(provider, orderId, atMs, random);
    rows.push(row);
    ends.set(orderId, end);
    distinct += webhooks.length;
    webhooks.forEach((webhook, step) => {
      const delivery = deliveryOf(webhook, atMs);
      const position = index * PER_PAYMENT + step * STEP + random() * SHUFFLE;
      arrivals.push({ position, delivery });
      if (random() < duplicates) {
        arrivals.push({ position: position + random() * DUPLICATE_BEHIND, delivery });
      }
    });
  }
  arrivals.sort((a, b) => a.position - b.position);
  return { payments: rows, ends, deliveries: arrivals.map(({ delivery }) => delivery), distinct };
}

function onePayment(provider: GatewayProvider, orderId: string, atMs: number, random: Random) {
  const currency = provider === 'razorpay' ? 'INR' : 'USD';
  const outcomes = outcomesOf(provider);
  const { gatewayObjectId, webhooks, end } = paymentHistory(provider, {
    amount: 10_000,
    currency,
    atMs: atMs - 60_000,
    random,
    intentId: intentIdOf(orderId, provider),
    outcome: outcomes[Math.floor(random() * outcomes.length)] ?? 'captured',
  });
  const amount = { amountMinor: 10_000n, currency };
  const row: NewPaymentRow = { orderId, customerId: 'bench', provider, amount, gatewayObjectId };
  return { row, end, webhooks };
}

function deliveryOf(webhook: SimulatedWebhook<unknown>, receivedAt: number): Delivery {
  const { provider, webhookId, eventType, body } = webhook;
  return { provider, webhookId, eventType, key: readWebhook(provider, body).key, receivedAt, body };
}
