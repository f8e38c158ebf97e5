import { expect, test } from '@jest/globals';
import type { WebhookRow } from '@payments/persistence';
import { createLogger, Metrics } from '@payments/runtime';
import { WebhookEvents } from './webhook-events.js';

test('a webhook of an ingress whose clock is ahead took no time', async () => {
  const metrics = new Metrics({ defaultMetrics: false });
  const events = new WebhookEvents(metrics, createLogger({ service: 'test', level: 'silent' }));
  const row: WebhookRow = {
    webhookId: 'stripe:evt_1',
    provider: 'stripe',
    eventType: 'customer.created',
    source: 'gateway',
    status: 'IGNORED',
    receivedAt: new Date(Date.now() + 60_000),
    eventTime: null,
    objectIds: [],
    sealedBody: Buffer.alloc(0),
    kafka: { topic: 't', partition: 0, offset: 0n },
  };
  const applied = {
    verdicts: [],
    changes: [],
    outboxShards: new Set<number>(),
    claimedAwaited: new Set<string>(),
  };
  events.applied([row], { stored: [{ row, verdict: null }], applied });
  const lines = (await metrics.registry.metrics()).split('\n');
  expect(lines).toContain('webhook_processing_duration_seconds_sum{provider="stripe"} 0');
  expect(lines).toContain('webhook_processing_duration_seconds_count{provider="stripe"} 1');
});
