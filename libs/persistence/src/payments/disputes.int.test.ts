import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Fact, IntentRowId } from '@payments/domain';
import { insertWebhooks, type WebhookRow } from '../statements/insert-webhooks.js';
import { captured, type TestLedger, type TestWebhook, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';
import type { VerifyingWebhook } from './lease-verifying.js';
import type { Verdict } from './report.js';
import { settleVerified } from './settle-verified.js';

let ledger: TestLedger;
useLedger((opened) => {
  ledger = opened;
});

const own = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`;
const webhook = (...facts: Fact[]): TestWebhook => webhookOf(`paypal:${randomUUID()}`, facts, 'paypal');

/** A payment that was paid by this capture. */
async function paidBy(capture: string): Promise<IntentRowId> {
  const order = own('ORDER');
  const { id } = await ledger.create({ provider: 'paypal', gatewayObjectId: order });
  await ledger.deliver([
    webhook(captured(capture, { provider: 'paypal', relatedIds: [order], parentId: order })),
  ]);
  return id;
}

/** One dispute over all of these, 10.00 USD of each. */
function disputeOver(captures: readonly string[]): TestWebhook {
  const dispute = own('PP-D');
  const facts = captures.map(
    (capture): Fact => ({
      provider: 'paypal',
      kind: 'dispute',
      state: 'opened',
      occurredAt: 1_764_000_200_000,
      objectId: `${dispute}:${capture}`,
      relatedIds: [capture],
      parentId: capture,
      amount: { amountMinor: 1000n, currency: 'USD' },
    }),
  );
  return { ...webhook(...facts), objectIds: [dispute, ...captures].slice(0, 32) };
}

async function disputed(id: IntentRowId): Promise<bigint> {
  return (await ledger.load(id)).payment.intent.amountDisputed;
}

async function statusOf({ webhookId }: TestWebhook): Promise<string | undefined> {
  return (await ledger.statuses())[webhookId];
}

test('a dispute over captures of two payments holds back the share of each', async () => {
  const captures = [own('CAP'), own('CAP')] as const;
  const ids = [await paidBy(captures[0]), await paidBy(captures[1])] as const;
  const dispute = disputeOver(captures);
  await ledger.deliver([dispute]);
  expect(await statusOf(dispute)).toBe('PROCESSED');
  expect([await disputed(ids[0]), await disputed(ids[1])]).toEqual([1000n, 1000n]);
});

test('it waits for an unknown payment, and a known one gets its share at once', async () => {
  const [known, later] = [own('CAP'), own('CAP')];
  const first = await paidBy(known);
  const dispute = disputeOver([known, later]);
  await ledger.deliver([dispute]);
  expect(await statusOf(dispute)).toBe('UNMATCHED');
  expect(await disputed(first)).toBe(1000n);
  const second = await paidBy(later);
  expect(await ledger.settle()).toEqual([]);
  expect(await statusOf(dispute)).toBe('PROCESSED');
  expect([await disputed(first), await disputed(second)]).toEqual([1000n, 1000n]);
});

test('it waits for two unknown payments until both are known', async () => {
  const captures = [own('CAP'), own('CAP')] as const;
  const dispute = disputeOver(captures);
  await ledger.deliver([dispute]);
  const first = await paidBy(captures[0]);
  expect(await ledger.settle()).toEqual([]);
  expect([await statusOf(dispute), await disputed(first)]).toEqual(['UNMATCHED', 1000n]);
  const second = await paidBy(captures[1]);
  expect(await ledger.settle()).toEqual([]);
  expect(await statusOf(dispute)).toBe('PROCESSED');
  expect([await disputed(first), await disputed(second)]).toEqual([1000n, 1000n]);
});

test('a dispute over more captures than a row can list still holds back each share', async () => {
  const captures = Array.from({ length: 40 }, () => own('CAP'));
  const ids: IntentRowId[] = [];
  for (const capture of captures) ids.push(await paidBy(capture));
  const dispute = disputeOver(captures);
  await ledger.deliver([dispute]);
  expect(await statusOf(dispute)).toBe('PROCESSED');
  for (const id of ids) expect(await disputed(id)).toBe(1000n);
});

describe('a dispute that the gateway was asked about, which shows the payment of its first capture as well,', () => {
  test('holds back the share of each payment', async () => {
    const captures = [own('CAP'), own('CAP')] as const;
    const ids = [await paidBy(captures[0]), await paidBy(captures[1])] as const;
    const dispute = await awaitingVerification(disputeOver(captures));
    expect(await verify(dispute, captures[0])).toMatchObject({ status: 'PROCESSED' });
    expect([await disputed(ids[0]), await disputed(ids[1])]).toEqual([1000n, 1000n]);
  });

  test('claims nothing of a payment that is not known yet, and is asked about again once that is', async () => {
    const [known, later] = [own('CAP'), own('CAP')];
    const first = await paidBy(known);
    const dispute = await awaitingVerification(disputeOver([known, later]));
    expect(await verify(dispute, known)).toMatchObject({ status: 'UNMATCHED' });
    expect(await objectIdsOf(dispute)).toEqual([
      dispute.objectIds[0],
      `${dispute.objectIds[0]}:${later}`,
      later,
    ]);
    const second = await paidBy(later);
    expect([await disputed(first), await disputed(second)]).toEqual([1000n, 0n]);
    expect((await ledger.load(second)).payment.intent.amountCaptured).toBe(1999n);
  });
});

async function awaitingVerification(dispute: TestWebhook): Promise<TestWebhook> {
  const { webhookId, provider, objectIds } = dispute;
  const row: WebhookRow = {
    webhookId,
    provider,
    objectIds,
    eventType: 'test',
    source: 'gateway',
    status: 'VERIFYING',
    receivedAt: new Date(),
    eventTime: null,
    sealedBody: Buffer.alloc(0),
    kafka: { topic: 'test', partition: 0, offset: 0n },
  };
  await ledger.transaction((em) => insertWebhooks(em, [row]));
  return dispute;
}

async function verify(dispute: TestWebhook, capture: string): Promise<Verdict> {
  const { webhookId, provider, objectIds, facts } = dispute;
  const webhook: VerifyingWebhook = {
    webhookId,
    provider,
    objectIds,
    eventType: 'test',
    source: 'gateway',
    ageMs: 0,
  };
  const shown = { objectIds: [], intentId: null, facts: [captured(capture, { provider }), ...facts] };
  return (await ledger.transaction((em) => settleVerified(em, webhook, shown))).verdict;
}

async function objectIdsOf({ webhookId }: TestWebhook): Promise<unknown> {
  const [row] = await ledger.rows('SELECT object_ids FROM payment_webhooks WHERE webhook_id = $1', [
    webhookId,
  ]);
  return row?.object_ids;
}
