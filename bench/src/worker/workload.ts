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

/** The same one gives the same payments and webhooks, byte for byte, in whatever process. */
export interface WorkloadSpec {
  readonly seed: number;
  readonly payments: number;
  /** The payments go round among these. */
  readonly providers: readonly GatewayProvider[];
  /** When it happened, milliseconds of the epoch. */
  readonly atMs: number;
  /** Of the webhooks that are delivered twice, between 0 and 1. */
  readonly duplicates: number;
}

export interface Delivery {
  readonly provider: GatewayProvider;
  readonly webhookId: string;
  readonly eventType: string;
  /** As the ingress would key it. */
  readonly key: string;
  readonly receivedAt: number;
  readonly body: Buffer;
}

export interface Workload {
  readonly payments: readonly NewPaymentRow[];
  /** How each payment has to end, by its order. */
  readonly ends: ReadonlyMap<string, PaymentEnd>;
  /** In the order of their arrival: shuffled within windows, some twice. */
  readonly deliveries: readonly Delivery[];
  /** How many different ones that is. */
  readonly distinct: number;
}

/** Webhooks of a payment, about: payments begin so many positions apart. */
const PER_PAYMENT = 5;
/** Positions that the next webhook of a payment comes after the one before it. */
const STEP = 150;
/** Positions by which arrival is off at most: neighbours often swap. */
const SHUFFLE = 300;
/** Positions by which a second delivery is behind the first at most. */
const DUPLICATE_BEHIND = 2_000;

/** Whole lives of payments, in every way in which their gateways let one go. */
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
