import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { commandOn, createCommand } from '@payments/domain/testing';
import { codes, type TestCommands, testCommands } from '../testing/applied-commands.js';
import { useLedger } from '../testing/use-ledger.js';

let commands: TestCommands;
useLedger((ledger) => {
  commands = testCommands(ledger);
});

test('an order has one live payment, unless a creation allows another', async () => {
  const orderId = `order-${randomUUID()}`;
  const first = createCommand({ orderId });
  const second = createCommand({ orderId, provider: 'paypal' });
  expect(codes(await commands.apply(first, second))).toEqual(['DONE', 'ORDER_HAS_ANOTHER']);
  const refused = createCommand({ orderId, provider: 'razorpay' });
  const another = createCommand({ orderId, provider: 'razorpay', allowAnother: true });
  expect(codes(await commands.apply(refused, another, refused))).toEqual(['ORDER_HAS_ANOTHER', 'DONE']);
});

test('creations of one order in one batch are decided as if each came alone', async () => {
  const orderId = `order-${randomUUID()}`;
  const another = createCommand({ orderId, provider: 'paypal', allowAnother: true });
  const own = createCommand({ orderId });
  expect(codes(await commands.apply(another, own))).toEqual(['DONE', 'ORDER_HAS_ANOTHER']);
  const first = createCommand();
  const beside = createCommand({ orderId: first.orderId, provider: 'paypal', allowAnother: true });
  expect(codes(await commands.apply(first, beside))).toEqual(['DONE', 'DONE']);
});

test("a canceled payment's order may be paid again", async () => {
  const first = createCommand();
  await commands.apply(first, commandOn(first, 'cancel'));
  const second = createCommand({ orderId: first.orderId, attempt: 2 });
  expect(codes(await commands.apply(second))).toEqual(['DONE']);
});
