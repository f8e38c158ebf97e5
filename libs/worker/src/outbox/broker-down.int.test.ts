import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OwnStack, startOwnStack, until } from '@payments/local/testing';
import { newIntents, OutboxHarness, upTo } from '../testing/outbox-harness.js';

let stack: OwnStack;
let harness: OutboxHarness;
beforeAll(async () => {
  stack = await startOwnStack({ parts: ['kafka'] });
  harness = await OutboxHarness.create({ kafkaBrokers: stack.kafkaBrokers, deadlineMs: 1_000 });
}, 120_000);
afterAll(async () => {
  await harness?.close();
  await stack?.stop();
}, 60_000);

test('while the broker is down rows wait in Postgres, and few in the producer; then all are published in order', async () => {
  const relay = await harness.startRelay({ rowsMax: 64 });
  const ids = newIntents(40);
  const commitAll = async (): Promise<void> => {
    for (const id of ids) relay.wake(await harness.commit(id, 2));
  };
  await commitAll();
  await harness.drained();
  await stack.kafka.kill();
  for (let round = 0; round < 3; round += 1) await commitAll();
  await until(async () => (await harness.metric('outbox_failures_total')) >= 5, {
    what: 'the relay to have waited',
    timeoutMs: 60_000,
  });
  expect(await harness.pending()).toBeGreaterThan(0);
  expect(harness.parts.producer.queued.count).toBeLessThanOrEqual(64);
  await stack.kafka.start();
  await harness.drained();
  for (const id of ids) expect(harness.firsts(id)).toEqual(upTo(8));
}, 240_000);
