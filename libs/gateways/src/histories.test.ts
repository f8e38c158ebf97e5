import { describe, expect, test } from '@jest/globals';
import {
  asIntentRowId,
  decideAll,
  type FactOnLeg,
  GATEWAY_PROVIDERS,
  type GatewayProvider,
  intentIdOf,
  newPayment,
  onLeg,
  type Payment,
  sumsIn,
  uuidv7,
} from '@payments/domain';
import { outcomesOf, type PaymentHistory, paymentHistory, seededRandom } from '@payments/simulator';
import fc from 'fast-check';
import { readWebhook } from './read-webhook.js';

const AT = Date.parse('2026-03-01T12:00:00Z');
const SHAPES = ['v1', 'v2'] as const;

/** Every gateway, shape and outcome. */
const STORIES = GATEWAY_PROVIDERS.flatMap((provider) =>
  SHAPES.filter((shape) => provider === 'paypal' || shape === 'v2').flatMap((shape) =>
    outcomesOf(provider, shape).map((outcome) => ({ provider, shape, outcome })),
  ),
);
type Story = (typeof STORIES)[number];

/** A currency for each number of decimals, and those with the gateway's own exponents. */
const CURRENCIES: Readonly<Record<GatewayProvider, readonly string[]>> = {
  stripe: ['USD', 'JPY', 'KWD', 'ISK', 'UGX', 'MGA', 'HUF'],
  paypal: ['USD', 'JPY', 'HUF', 'TWD'],
  razorpay: ['INR', 'JPY', 'KWD'],
};

function historyOf({ provider, shape, outcome }: Story, currency: string, hundreds: number, seed: number) {
  const intentId = intentIdOf(`order-${seed}`, provider);
  const random = seededRandom(seed);
  const amount = hundreds * 100;
  return paymentHistory(provider, { intentId, amount, currency, outcome, atMs: AT, random, shape });
}

function paymentOf({ provider, outcome }: Story, currency: string, hundreds: number, seed: number): Payment {
  return newPayment({
    id: asIntentRowId(uuidv7(AT)),
    intentId: intentIdOf(`order-${seed}`, provider),
    orderId: `order-${seed}`,
    customerId: 'cust-7',
    provider,
    amount: { amountMinor: BigInt(hundreds) * 100n, currency },
    captureMethod: outcome.startsWith('authorized') || outcome === 'voided' ? 'manual' : 'automatic',
  });
}

function factsOf({ provider, webhooks }: PaymentHistory): FactOnLeg[] {
  return webhooks.flatMap(({ body }) => readWebhook(provider, body).facts.map((fact) => onLeg(fact, 1)));
}

const stories = fc.constantFrom(...STORIES).chain((story) =>
  fc.record({
    story: fc.constant(story),
    currency: fc.constantFrom(...CURRENCIES[story.provider]),
    hundreds: fc.integer({ min: 10, max: 1_000_000 }),
    seed: fc.nat(),
  }),
);

describe.each(STORIES)('$provider $shape: $outcome', (story) => {
  test.each(CURRENCIES[story.provider])(
    'ends as expected if its webhooks come in order, in %s',
    (currency) => {
      const history = historyOf(story, currency, 20, 7);
      const { payment, alerts } = decideAll(paymentOf(story, currency, 20, 7), factsOf(history));
      const { status, ...sums } = history.end;
      expect({ status: payment.intent.status, ...sumsIn(payment.intent) }).toEqual({ status, ...sums });
      expect(alerts).toEqual([]);
    },
  );

  test('every webhook has the same Kafka key', () => {
    const { webhooks } = historyOf(story, CURRENCIES[story.provider][0] ?? '', 20, 7);
    expect(new Set(webhooks.map(({ provider, body }) => readWebhook(provider, body).key)).size).toBe(1);
  });

  test('every webhook has our intent id, and ids that link it to the leg', () => {
    const { webhooks, gatewayObjectId } = historyOf(story, CURRENCIES[story.provider][0] ?? '', 20, 7);
    const readings = webhooks.map(({ provider, body }) => readWebhook(provider, body));
    const known = new Set([gatewayObjectId]);
    for (const { objectIds, intentId } of readings) {
      expect(intentId).toBe(intentIdOf('order-7', story.provider));
      expect(objectIds.some((id) => known.has(id))).toBe(true);
      for (const id of objectIds) known.add(id);
    }
  });
});

test('any order and repetition of a history ends in the same status and money', () => {
  const told = stories.chain((plan) => {
    const facts = factsOf(historyOf(plan.story, plan.currency, plan.hundreds, plan.seed));
    const retold = fc
      .tuple(
        fc.shuffledSubarray(facts, { minLength: facts.length }),
        fc.array(fc.constantFrom(...facts), { maxLength: 6 }),
      )
      .chain(([all, again]) =>
        fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length }),
      );
    return fc.tuple(fc.constant(plan), retold);
  });
  fc.assert(
    fc.property(told, ([{ story, currency, hundreds, seed }, facts]) => {
      const { status, ...sums } = historyOf(story, currency, hundreds, seed).end;
      const { intent } = decideAll(paymentOf(story, currency, hundreds, seed), facts).payment;
      expect({ status: intent.status, ...sumsIn(intent) }).toEqual({ status, ...sums });
    }),
    { numRuns: 1000 },
  );
});

test('equal seeds yield equal histories, different seeds different ones', () => {
  fc.assert(
    fc.property(stories, ({ story, currency, hundreds, seed }) => {
      const bodies = (from: number) =>
        historyOf(story, currency, hundreds, from).webhooks.map(({ body }) => body.toString());
      expect(bodies(seed)).toEqual(bodies(seed));
      const others = new Set(bodies(seed + 1));
      expect(bodies(seed).some((body) => others.has(body))).toBe(false);
    }),
    { numRuns: 100 },
  );
});
