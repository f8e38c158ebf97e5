import { describe, expect, test } from '@jest/globals';
import { GATEWAY_PROVIDERS } from '@payments/domain';
import { makeWorkload, type WorkloadSpec } from './workload.js';

const SPEC: WorkloadSpec = {
  seed: 7,
  payments: 300,
  atMs: 1_790_000_000_000,
  duplicates: 0.1,
  providers: GATEWAY_PROVIDERS,
};

describe('a workload', () => {
  test('is the same in every process that makes it', () => {
    expect(makeWorkload(SPEC)).toEqual(makeWorkload(SPEC));
  });

  test('delivers every webhook of every payment, some of them twice', () => {
    const { deliveries, distinct, ends, payments } = makeWorkload(SPEC);
    expect(new Set(deliveries.map(({ webhookId }) => webhookId)).size).toBe(distinct);
    expect(deliveries.length).toBeGreaterThan(distinct * 1.05);
    expect(deliveries.length).toBeLessThan(distinct * 1.15);
    expect(payments.map(({ orderId }) => orderId)).toEqual([...ends.keys()]);
  });

  test('is shuffled: webhooks of one payment overtake each other', () => {
    const { deliveries } = makeWorkload({ ...SPEC, duplicates: 0, providers: ['stripe'] });
    const createdAt = new Map<string, number>();
    deliveries.forEach(({ key, eventType }, position) => {
      if (eventType === 'payment_intent.created') createdAt.set(key, position);
    });
    const early = deliveries.filter(({ key }, position) => position < (createdAt.get(key) ?? 0));
    expect(early.length).toBeGreaterThan(0);
  });
});
