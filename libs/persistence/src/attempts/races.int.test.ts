import { expect, test } from '@jest/globals';
import { ATTEMPT_POLICY, decideSend, type Fact, type IntentId } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { insertAttempts, type LeasedAttempt, loadSubject, postpone, settle, wakeWaiting } from '../index.js';
import { checkout, type TestGateway, testGateway } from '../testing/attempts.js';
import { captured, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';
import { markSent } from './mark-sent.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

const orderOf = (intentId: IntentId): string => `order_${intentId}`;

function orderFact(intentId: IntentId, kind: 'requires_action' | 'approved', second: number): Fact {
  const objectId = orderOf(intentId);
  const origin = { provider: 'paypal', objectId, parentId: objectId, relatedIds: [] } as const;
  const occurredAt = 1_764_000_000_000 + second * 1_000;
  return kind === 'requires_action'
    ? { ...origin, kind, occurredAt, nextAction: null }
    : { ...origin, kind, occurredAt };
}

/** Leases and settles due attempts, as a worker of PayPal's whose calls all succeed at once. @returns how many */
async function work(charges: Map<IntentId, number>): Promise<number> {
  const due = await gateway.lease('paypal', { limit: 5 });
  for (const leased of due) await workOn(leased, charges);
  return due.length;
}

async function workOn(leased: LeasedAttempt, charges: Map<IntentId, number>): Promise<void> {
  const { lease, attempt } = leased;
  const { intentId, operation } = attempt;
  const isSent = await ledger.transaction(async (em) => {
    const step = decideSend(await loadSubject(em, lease), ATTEMPT_POLICY);
    if (step.kind === 'send') await markSent(em, lease, step);
    if (step.kind === 'postpone') await postpone(em, lease, { ...step, dueAt: Date.now() + 3_600_000 });
    if (step.kind === 'end') await settle(em, leased, step.ending);
    return step.kind === 'send';
  });
  if (!isSent) return;
  if (operation === 'confirm') charges.set(intentId, (charges.get(intentId) ?? 0) + 1);
  const objectId = `capture_${intentId}`;
  const facts =
    operation === 'confirm'
      ? [
          captured(objectId, {
            provider: 'paypal',
            parentId: orderOf(intentId),
            occurredAt: 1_764_000_009_000,
          }),
        ]
      : [orderFact(intentId, 'requires_action', 1)];
  await gateway.end(leased, { gatewayObjectId: orderOf(intentId), facts });
}

test('concurrent workers, webhooks and cancellations: one charge at most, and nothing is left waiting', async () => {
  const creates = Array.from({ length: 30 }, () => checkout({ provider: 'paypal' }));
  const charges = new Map<IntentId, number>();
  await gateway.command(...creates);
  const approvals = creates.map(async ({ intentId }, index) => {
    const webhook = {
      ...webhookOf(`paypal:approved-${index}`, [orderFact(intentId, 'approved', 2)], 'paypal'),
      intentId,
    };
    await Promise.all([ledger.deliver([webhook]), ledger.deliver([webhook])]);
  });
  const cancellations = creates
    .filter((_, index) => index % 3 === 0)
    .map((create) => gateway.command(commandOn(create, 'cancel')));
  const workers = Array.from({ length: 4 }, async () => {
    for (let round = 0; round < 12; round += 1) await work(charges);
  });
  await Promise.all([...approvals, ...cancellations, ...workers]);
  await ledger.settle();
  // Those postponed for a moment, because an earlier attempt was open.
  await ledger.rows(
    `UPDATE gateway_attempts SET due_at = now() WHERE state = 'PENDING' AND held_since IS NULL`,
  );
  while ((await work(charges)) > 0);

  expect(ledger.conflicts.deadlocks).toBe(0);
  expect(await ledger.rows(`SELECT * FROM gateway_attempts WHERE finished_at IS NULL`)).toEqual([]);
  expect(await ledger.rows('SELECT * FROM gateway_requests WHERE answered_at IS NULL')).toEqual([]);
  const intents = await ledger.rows(
    `SELECT intent_id, status, amount_captured::int AS captured, version::int, (SELECT count(DISTINCT version)::int
       FROM outbox WHERE payment_intent_id = intent.id AND topic = 'payment.intent.events') AS events
     FROM payment_intents intent`,
  );
  for (const { intent_id, status, captured, version, events } of intents) {
    const made = charges.get(intent_id as IntentId) ?? 0;
    expect([made, captured]).toEqual(status === 'SUCCEEDED' ? [1, 1999] : [0, 0]);
    expect(['SUCCEEDED', 'CANCELED']).toContain(status);
    expect(events).toBe(version);
  }
  expect(intents.filter(({ status }) => status === 'SUCCEEDED').length).toBeGreaterThanOrEqual(20);
}, 120_000);

test('an attempt inserted behind one that ends at the same moment is due after the commit', async () => {
  const create = checkout();
  await gateway.command(create);
  // As if its record came in a later batch.
  await ledger.rows(`DELETE FROM gateway_attempts WHERE operation = 'confirm'`);
  const held = await gateway.send(await gateway.leaseOne('stripe'));
  const inserted = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const insertion = ledger.transaction(async (em) => {
    await insertAttempts(em, [{ ...held.attempt, operation: 'confirm' }]);
    inserted.resolve();
    await ended.promise;
  });
  await inserted.promise;
  await gateway.end(held, {});
  ended.resolve();
  await insertion;
  expect(await gateway.lease('stripe')).toEqual([]);
  expect(await wakeWaiting(ledger.database.primary, [held.attempt.paymentIntentId])).toBe(true);
  expect((await gateway.leaseOne('stripe')).attempt.operation).toBe('confirm');
});
