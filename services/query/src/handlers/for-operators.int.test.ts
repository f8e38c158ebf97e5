import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { makeUnknownAttempt } from '@payments/persistence/testing';
import type { TestQuery } from '../testing/test-query.js';
import { useQuery } from '../testing/use-query.js';

let query: TestQuery;
useQuery((opened) => {
  query = opened;
});

test('unknown outcomes that wait for a person are told page by page, the longest unknown first', async () => {
  const made: string[] = [];
  for (const days of [5, 4, 3]) {
    const sentAt = new Date(Date.now() - days * 86_400_000);
    made.push(await makeUnknownAttempt(query.database, await query.create(), { sentAt }));
  }
  await makeUnknownAttempt(query.database, await query.create(), { needsReviewSince: null });
  const first = await query.get('/v1/reviews?limit=2&gatewayProvider=stripe');
  expect(first).toMatchObject({ status: 200, type: 'application/json' });
  expect(first.body.reviews.map(({ attemptId }) => attemptId)).toEqual(made.slice(0, 2));
  expect(first.body.reviews[0]).toMatchObject({ operation: 'confirm', currency: 'USD', intentAmount: 1999 });
  const second = await query.get(`/v1/reviews?limit=200&cursor=${first.body.nextCursor}`);
  expect(second.body.reviews[0]?.attemptId).toBe(made[2]);
  expect(second.body.nextCursor).toBeNull();
  expect((await query.get('/v1/reviews?gatewayProvider=paypal')).body.reviews).toEqual([]);
});

test("the day's webhooks are told by type", async () => {
  await query.database.primary.query(
    `INSERT INTO payment_webhooks (id, received_at, kafka_offset, kafka_partition, webhook_id, gateway_provider,
       event_type, source, status, kafka_topic, object_ids, processed_at)
     VALUES ($1, now() - interval '2 s', 0, 0, 'stripe:evt_1', 'stripe', 'charge.succeeded', 'gateway', 'IGNORED', 't', '{}',
       now())`,
    [randomUUID()],
  );
  expect((await query.get('/v1/webhooks/stats')).body).toEqual({
    types: [
      {
        eventType: 'charge.succeeded',
        totalWebhooks: 1,
        avgProcessingSeconds: expect.closeTo(2, 3),
        failedCount: 0,
      },
    ],
  });
});
