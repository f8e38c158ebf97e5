import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Command } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { codes, type TestCommands, testCommands } from '../testing/applied-commands.js';
import { refunded, type TestLedger } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let commands: TestCommands;
useLedger((opened) => {
  ledger = opened;
  commands = testCommands(opened);
});

test('refunds that race never exceed what was captured, answered or not', async () => {
  const { create, objectId } = await commands.paidIntent();
  const amounts = Array.from({ length: 24 }, (_, index) => BigInt(100 + index * 7));
  const refunds = amounts.map((amount) => commandOn(create, 'refund', { amount }));
  const done: Command[] = [];
  await Promise.all(
    refunds.map(async (refund, index) => {
      const applied = await commands.apply(refund);
      if (codes(applied)[0] !== 'DONE') return;
      done.push(refund);
      if (index % 2 === 1) return;
      const fact = refunded(`re_${randomUUID()}`, {
        parentId: objectId,
        amount: { amountMinor: amounts[index] ?? 0n, currency: 'USD' },
        state: index % 4 === 0 ? 'succeeded' : 'pending',
      });
      await commands.answer(refund, 'refund', [fact]);
    }),
  );
  const [sums] = await ledger.rows(
    `SELECT amount_captured, amount_refunded + amount_refund_pending AS given,
       (SELECT coalesce(sum(amount), 0) FROM gateway_requests request
        WHERE request.payment_intent_id = intent.id AND operation = 'refund' AND answered_at IS NULL) AS open
     FROM payment_intents intent WHERE intent_id = $1`,
    [create.intentId],
  );
  const total = Number(sums?.given) + Number(sums?.open);
  const accepted = done.reduce(
    (sum, refund) => sum + (refund.type === 'refund' ? (refund.amount ?? 0n) : 0n),
    0n,
  );
  expect(total).toBe(Number(accepted));
  expect(total).toBeLessThanOrEqual(1999);
  // The rest is smaller than the smallest refused refund.
  const refused = refunds.filter((refund) => !done.includes(refund));
  const least = Math.min(...refused.map((refund) => (refund.type === 'refund' ? Number(refund.amount) : 0)));
  expect(1999 - total).toBeLessThan(least);
  expect(codes(await commands.apply(commandOn(create, 'refund')))).toEqual([
    total < 1999 ? 'DONE' : 'AMOUNT_EXCEEDS_CAPTURED',
  ]);
  expect(codes(await commands.apply(commandOn(create, 'refund')))).toEqual(['AMOUNT_EXCEEDS_CAPTURED']);
});

test('a refund that was not executed releases its amount', async () => {
  const { create } = await commands.paidIntent();
  const refund = commandOn(create, 'refund', { amount: 1999n });
  expect(codes(await commands.apply(refund, commandOn(create, 'refund', { amount: 1n })))).toEqual([
    'DONE',
    'AMOUNT_EXCEEDS_CAPTURED',
  ]);
  await commands.answer(refund, 'refund', []);
  expect(codes(await commands.apply(commandOn(create, 'refund', { amount: 1999n })))).toEqual(['DONE']);
});
