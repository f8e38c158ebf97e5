import { expect, test } from '@jest/globals';
import { GATEWAY_PROVIDERS } from '@payments/domain';
import { DUPLICATED_SHARE, deliveriesOf } from './deliveries.js';
import { LedgerPlan } from './plan.js';

const options = { seed: 42, payments: 2_000, webhooks: 10_000 };
const plan = new LedgerPlan(options);
const deliveries = [...deliveriesOf(plan)];

test('the plan meets the wanted number of webhooks, up to one payment', () => {
  expect(Math.abs(plan.webhooks - options.webhooks)).toBeLessThan(10);
  const told = Array.from({ length: plan.payments }, (_, index) => plan.history(index).webhooks.length);
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(plan.webhooks);
});

test('every webhook is delivered, about a tenth of them twice, none more often', () => {
  const times = new Map<string, number>();
  for (const { webhookId } of deliveries) times.set(webhookId, (times.get(webhookId) ?? 0) + 1);
  expect(times.size).toBe(plan.webhooks);
  const twice = [...times.values()].filter((count) => count === 2).length;
  expect([...times.values()].every((count) => count <= 2)).toBe(true);
  expect(twice / plan.webhooks).toBeCloseTo(DUPLICATED_SHARE, 1);
  expect(twice).toBeGreaterThan(plan.webhooks * DUPLICATED_SHARE * 0.8);
});

test('webhooks of all gateways come out of order', () => {
  expect(new Set(deliveries.map(({ provider }) => provider))).toEqual(new Set(GATEWAY_PROVIDERS));
  const first = plan.history(0).webhooks.map(({ webhookId }) => webhookId);
  const places = deliveries.flatMap(({ webhookId }, place) => (first.includes(webhookId) ? [place] : []));
  expect((places.at(-1) ?? 0) - (places[0] ?? 0)).toBeGreaterThan(first.length);
});

test('equal seeds yield equal webhooks, different seeds different ones', () => {
  const idsOf = (seed: number) =>
    [...deliveriesOf(new LedgerPlan({ ...options, seed, payments: 100 }))].map(({ webhookId }) => webhookId);
  expect(idsOf(42)).toEqual(idsOf(42));
  const others = new Set(idsOf(43));
  expect(idsOf(42).some((id) => others.has(id))).toBe(false);
});
