import { beforeEach, expect, test } from '@jest/globals';
import { attemptIdOf, type Command, type Fact, type RefundState } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { type TestCommands, testCommands } from '../testing/applied-commands.js';
import { takeUpCommands } from '../testing/attempts.js';
import { refunded, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { roundTripsOf } from '../testing/round-trips.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let commands: TestCommands;
let paid: Awaited<ReturnType<TestCommands['paidIntent']>>;
useLedger((opened) => {
  ledger = opened;
  commands = testCommands(opened);
});
beforeEach(async () => {
  paid = await commands.paidIntent();
});

/** A refund of 5.00, requested of its gateway. */
async function askedRefund(): Promise<Command> {
  const refund = commandOn(paid.create, 'refund', { amount: 500n });
  await commands.apply(refund);
  await takeUpCommands(ledger);
  return refund;
}

/** What a gateway says of the refund that a command asked for: it hands our id of the attempt back. */
function refundOf({ commandId }: Command, objectId: string, state: RefundState) {
  const attemptId = attemptIdOf(commandId, 1, 'refund');
  return refunded(objectId, { state, attemptId, ...ofPaid() });
}

function ofPaid() {
  return { parentId: paid.objectId, relatedIds: [paid.objectId] };
}

function toldOfRefunds(): Promise<Record<string, unknown>[]> {
  return ledger.rows(
    `SELECT payload->>'type' AS type, payload->>'commandId' AS command FROM outbox
     WHERE key = $1 AND topic = 'payment.intent.events' AND payload->>'type' LIKE 'refund_%' ORDER BY id`,
    [paid.create.intentId],
  );
}

test('of two equal refunds the events tell which command asked for each, whoever reports it', async () => {
  const [one, other] = [await askedRefund(), await askedRefund()];
  await commands.answer(one, 'refund', [refundOf(one, 're_1', 'pending')]);
  await ledger.deliver([webhookOf('stripe:2', [refundOf(other, 're_2', 'pending')])]);
  await ledger.deliver([webhookOf('stripe:3', [refundOf(one, 're_1', 'failed')])]);
  await ledger.deliver([webhookOf('stripe:4', [refundOf(other, 're_2', 'succeeded')])]);
  expect(await toldOfRefunds()).toEqual([
    { type: 'refund_pending', command: one.commandId },
    { type: 'refund_pending', command: other.commandId },
    { type: 'refund_failed', command: one.commandId },
    { type: 'refund_succeeded', command: other.commandId },
  ]);
});

test('a refund that nobody asked for here names no command, nor does one that names the attempt of another payment', async () => {
  const refund = await askedRefund();
  paid = await commands.paidIntent();
  const foreign = refundOf(refund, 're_3', 'succeeded');
  const manual = refunded('re_4', ofPaid());
  await ledger.deliver([webhookOf('stripe:5', [foreign, manual])]);
  expect(await toldOfRefunds()).toEqual([
    { type: 'refund_succeeded', command: null },
    { type: 'refund_succeeded', command: null },
  ]);
});

test('a refund that was asked for here takes as many round trips as one that was not', async () => {
  const asked = refundOf(await askedRefund(), 're_5', 'pending');
  const manual = refunded('re_6', { state: 'pending', ...ofPaid() });
  const delivered = (webhookId: string, refund: Fact) =>
    roundTripsOf(() => ledger.deliver([webhookOf(webhookId, [refund])]));
  expect(await delivered('stripe:6', asked)).toBe(await delivered('stripe:7', manual));
});
