import {
  asIntentRowId,
  decideAll,
  GATEWAY_PROVIDERS,
  intentIdOf,
  newPayment,
  onLeg,
  type Payment,
} from '@payments/domain';
import { readWebhook } from '@payments/gateways';
import type { NewPaymentRow } from '@payments/persistence';
import { outcomesOf, type PaymentHistory, paymentHistory, seededRandom } from '@payments/simulator';

/** A payment as reported by its gateway, and how the gateway's object becomes known to us. */
export interface Life {
  readonly history: PaymentHistory;
  readonly row: NewPaymentRow;
  readonly knownBy: 'ref' | 'our id' | 'ref, late';
}

/** Complete histories of payments of every gateway and outcome, known to us in every possible way. */
export function lives(count: number, seed: number): Life[] {
  const random = seededRandom(seed);
  const stories = GATEWAY_PROVIDERS.flatMap((provider) =>
    outcomesOf(provider).map((outcome) => ({ provider, outcome })),
  );
  return Array.from({ length: count }, (_, index) => {
    const { provider, outcome } = stories[index % stories.length] ?? {
      provider: 'stripe',
      outcome: 'captured',
    };
    const orderId = `order-${seed}-${index}`;
    const currency = provider === 'razorpay' ? 'INR' : 'USD';
    const history = paymentHistory(provider, {
      outcome,
      currency,
      random,
      amount: 10_000,
      atMs: Date.parse('2026-03-01T12:00:00Z') + index * 1000,
      intentId: intentIdOf(orderId, provider),
    });
    const knownBy = (['ref', 'our id', 'ref, late'] as const)[Math.floor(random() * 3)] ?? 'ref';
    const { gatewayObjectId } = history;
    const row: NewPaymentRow = {
      orderId,
      provider,
      customerId: `cust-${index % 7}`,
      amount: { amountMinor: 10_000n, currency },
      ...(knownBy !== 'our id' && { gatewayObjectId }),
    };
    return { history, row, knownBy };
  });
}

/** The payment that the pure decisions make of its webhooks in their order. */
export function modelOf({ history, row }: Life, id: string): Payment {
  const { orderId, customerId, provider, amount } = row;
  const payment = newPayment({
    orderId,
    customerId,
    provider,
    amount,
    id: asIntentRowId(id),
    intentId: intentIdOf(orderId, provider),
    captureMethod: 'automatic',
  });
  const facts = history.webhooks.flatMap(({ provider, body }) => readWebhook(provider, body).facts);
  return decideAll(
    payment,
    facts.map((fact) => onLeg(fact, 1)),
  ).payment;
}
