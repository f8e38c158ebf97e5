import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keysOfPayments } from '@payments/cache';
import type { PaymentIntentCommand } from '@payments/contracts';
import { asIntentId, REJECTIONS } from '@payments/domain';
import { until } from '@payments/local/testing';
import { measured } from '@payments/runtime/testing';
import { aCommand, aCreation } from '../testing/a-command.js';
import { authorized, captured, refunded } from '../testing/facts.js';
import { IntentsHarness } from '../testing/intents-harness.js';

let harness: IntentsHarness;
beforeEach(async () => {
  harness = await IntentsHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

/** Publishes commands and waits until they are processed. */
async function send(...commands: PaymentIntentCommand[]): Promise<void> {
  await harness.publish(commands);
  await harness.finished();
}

/** An intent of 19.99 USD after these facts. */
async function told(tell: (objectId: string) => ReturnType<typeof captured>, create = aCreation()) {
  await send(create);
  const objectId = `pi_${randomUUID()}`;
  await harness.answer(create, 'create', { facts: [tell(objectId)], gatewayObjectId: objectId });
  return { create, objectId };
}

/** A worker counts a commit slightly after it is visible. */
async function untilCounted(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  await until(async () => (await measured(harness.parts.metrics, name, labels)) === 1, {
    what: `one of ${JSON.stringify(labels)} in ${name}`,
  });
}

test('every code of rejection is given for what it stands for, and each outcome is kept', async () => {
  await harness.startWorker();
  const { create: paid } = await told(captured);
  const { create: held } = await told(authorized, aCreation({ captureMethod: 'manual' }));
  const { create: atRazorpay } = await told(
    (objectId) => ({ ...authorized(objectId), provider: 'razorpay' }),
    aCreation({ captureMethod: 'manual', gatewayProvider: 'razorpay', currency: 'USD' }),
  );
  const order = aCreation();
  const of = (over: Partial<PaymentIntentCommand>) => ({
    ...aCreation({ orderId: order.create?.orderId ?? '' }),
    ...over,
  });
  const expected = new Map<PaymentIntentCommand, string>([
    [order, 'DONE'],
    [{ ...of({}), create: { ...(of({}).create as object), amount: 2000 } as never }, 'INTENT_DIFFERS'],
    [aCreation({ orderId: order.create?.orderId ?? '', gatewayProvider: 'paypal' }), 'ORDER_HAS_ANOTHER'],
    [aCreation({}, { type: 'pay' }), 'INVALID_COMMAND'],
    [aCommand(aCreation(), 'cancel'), 'INTENT_NOT_FOUND'],
    [aCreation({ amount: 0 }), 'INVALID_AMOUNT'],
    [aCreation({ amount: -1999 }), 'INVALID_AMOUNT'],
    [aCreation({ currency: 'ZZZ' }), 'UNSUPPORTED_CURRENCY'],
    [aCommand(held, 'capture', { amount: 2000 }), 'AMOUNT_EXCEEDS_AUTHORIZED'],
    [aCommand(paid, 'refund', { amount: 2000 }), 'AMOUNT_EXCEEDS_CAPTURED'],
    [aCommand(atRazorpay, 'capture', { amount: 1998 }), 'PARTIAL_CAPTURE_UNSUPPORTED'],
    [aCommand(order, 'capture'), 'NOT_ALLOWED_IN_STATUS'],
    [aCommand(paid, 'cancel'), 'ALREADY_CAPTURED'],
    [aCreation({}, { notAfter: Date.now() - 1 }), 'COMMAND_EXPIRED'],
    [aCreation({ metadata: { note: '4242 4242 4242 4242' } }), 'CARD_DATA'],
  ]);
  await send(order);
  await send(...expected.keys());
  const outcomes = await harness.outcomes();
  for (const [command, outcome] of expected)
    expect([command.type, outcomes[command.commandId]]).toEqual([command.type, outcome]);

  await send({ ...aCommand(order, 'cancel'), commandId: order.commandId });
  expect((await harness.outcomes())[order.commandId]).toBe('DONE');
  await untilCounted('intent_commands_total', { outcome: 'rejected', code: 'COMMAND_ID_REUSED' });
  const seen = new Set([...Object.values(await harness.outcomes()), 'COMMAND_ID_REUSED']);
  expect([...seen].sort()).toEqual([...Object.keys(REJECTIONS), 'DONE'].sort());
  await untilCounted('intent_commands_total', { outcome: 'repeated' });
}, 60_000);

test('a card number is in a dead letter without its digits, and in no row and no line of the log', async () => {
  await harness.startWorker();
  const number = '5555555555554444';
  const said = { metadata: { note: `the card is ${number}`, other: 'kept' } };
  const command = aCreation(said, { sender: number });
  await send(command, aCreation());
  await until(() => harness.deadLetters.length === 1, { what: 'the dead letter' });
  const [letter] = harness.deadLetters;
  expect(String(letter?.value)).toContain('the card is XXXXXXXXXXXXXXXX');
  expect(String(letter?.value)).toContain('kept');
  expect(String(letter?.headers['dlq.error.code'])).toBe('CARD_DATA');
  expect(String(letter?.headers['dlq.fingerprint'])).toMatch(/^test:[0-9a-f]{64}$/);
  const everything = JSON.stringify([
    letter?.value?.toString('latin1'),
    letter?.headers,
    harness.parts.logged,
  ]);
  for (const text of [everything, await harness.everythingStored()]) expect(text).not.toContain(number);
  expect(
    await harness.rows(`SELECT code, sender, intent_id FROM commands WHERE outcome = 'REJECTED'`),
  ).toEqual([{ code: 'CARD_DATA', sender: 'X'.repeat(16), intent_id: command.intentId }]);
  expect(
    await harness.rows(`SELECT payload->>'code' AS code FROM outbox WHERE payload->>'outcome' = 'REJECTED'`),
  ).toEqual([{ code: 'CARD_DATA' }]);
  expect(await harness.rows('SELECT count(*)::int AS n FROM payment_intents')).toEqual([{ n: 1 }]);
}, 60_000);

test('a card number is refused in its turn: after the commands before it, and before those after it', async () => {
  const create = aCreation();
  const withCard = aCommand(create, 'confirm', { paymentMethodToken: '4242424242424242' });
  const cancel = aCommand(create, 'cancel');
  await harness.publish([create, withCard, cancel]);
  await harness.startWorker();
  await harness.finished();
  const told =
    await harness.rows(`SELECT payload->>'commandId' AS id, coalesce(payload->>'code', 'DONE') AS outcome,
      payload->>'intentVersion' AS version
    FROM outbox WHERE topic = 'payment.command.outcomes' ORDER BY outbox.id`);
  expect(told).toEqual([
    { id: create.commandId, outcome: 'DONE', version: '1' },
    { id: withCard.commandId, outcome: 'CARD_DATA', version: '1' },
    { id: cancel.commandId, outcome: 'DONE', version: '2' },
  ]);
}, 60_000);

test('what cannot be read, or names nobody to answer, is a dead letter; the others go on', async () => {
  await harness.startWorker();
  await harness.publishBytes(Buffer.from('not avro'));
  await harness.publishBytes(null);
  const nobody = aCreation({}, { commandId: 'command-1' });
  await send(nobody, aCreation());
  await until(() => harness.deadLetters.length === 3, { what: 'the dead letters' });
  const codes = harness.deadLetters.map(({ headers }) => String(headers['dlq.error.code'])).sort();
  expect(codes).toEqual(['EMPTY', 'NOT_IDENTIFIED', 'UNDECODABLE']);
  expect(Object.values(await harness.outcomes())).toEqual(['DONE']);
}, 60_000);

test('a type cut within a character, an odd trace header and the last of all times keep nobody from an outcome', async () => {
  await harness.startWorker();
  // The cut at 64 characters falls within the emoji's surrogate pair.
  const type = `${'t'.repeat(63)}\u{1f600}`;
  const last = aCreation({ expiresAt: 8.64e15 });
  const odd = aCreation({}, { type });
  const withCard = aCreation({ metadata: { note: '4242 4242 4242 4242' } }, { type });
  const traced = aCreation();
  await send(last, odd, withCard);
  await harness.publish([traced], harness.parts.producer, { headers: { traceparent: '00-\0' } });
  await harness.finished();
  expect(await harness.outcomes()).toEqual({
    [last.commandId]: 'DONE',
    [odd.commandId]: 'INVALID_COMMAND',
    [withCard.commandId]: 'CARD_DATA',
    [traced.commandId]: 'DONE',
  });
  expect(harness.deadLetters).toHaveLength(1);
}, 60_000);

test('currencies of no and of three decimals are kept with their exponents; 900 KB of metadata are refused', async () => {
  await harness.startWorker();
  const large = aCreation({ metadata: { notes: 'x'.repeat(900 * 1024) } });
  await send(
    aCreation({ amount: 295, currency: 'JPY' }),
    aCreation({ amount: 1_230, currency: 'KWD' }),
    large,
  );
  expect(
    await harness.rows('SELECT amount, currency, currency_exponent FROM payment_intents ORDER BY currency'),
  ).toEqual([
    { amount: '295', currency: 'JPY', currency_exponent: 0 },
    { amount: '1230', currency: 'KWD', currency_exponent: 3 },
  ]);
  expect(await harness.rows(`SELECT code, detail FROM commands WHERE outcome = 'REJECTED'`)).toEqual([
    { code: 'INVALID_COMMAND', detail: expect.stringContaining('create.metadata') },
  ]);
}, 60_000);

test('refunds from many senders, with answers in between, never exceed what was captured', async () => {
  await harness.startWorker();
  await harness.startWorker();
  const { create, objectId } = await told(captured);
  const refunds = Array.from({ length: 60 }, (_, index) =>
    aCommand(create, 'refund', { amount: 90 + index }),
  );
  const open = new Map(refunds.map((refund) => [refund.commandId, refund]));
  await Promise.all([
    // Different keys go to different partitions, and so to different workers: the lock decides, not the order.
    ...refunds.map((refund) => harness.publish([refund], harness.parts.producer, { key: refund.commandId })),
    until(
      async () => {
        const outcomes = await harness.outcomes();
        for (const [id, refund] of open) {
          if (outcomes[id] === undefined) continue;
          if (outcomes[id] === 'DONE') {
            const fact = refunded(`re_${id}`, objectId, BigInt(refund.refund?.amount ?? 0));
            await harness.answer(refund, 'refund', { facts: [fact] });
          }
          open.delete(id);
        }
        return open.size === 0;
      },
      { what: 'every refund to be decided', timeoutMs: 50_000 },
    ),
  ]);
  const [sums] = await harness.rows(
    `SELECT amount_refunded::int AS refunded, (SELECT sum(amount)::int FROM gateway_requests
       WHERE operation = 'refund' AND payment_intent_id = intent.id) AS accepted
     FROM payment_intents intent WHERE intent_id = $1`,
    [create.intentId],
  );
  expect(sums?.refunded).toBe(sums?.accepted);
  expect(Number(sums?.refunded)).toBeLessThanOrEqual(1999);
  expect(1999 - Number(sums?.refunded)).toBeLessThan(90 + 60);
}, 90_000);

test('a change removes what is cached of the intent, its order and its customer', async () => {
  await harness.startWorker();
  const create = aCreation({ customerId: `cust-${randomUUID()}` });
  const { orderId = '', customerId = '' } = create.create ?? {};
  const keys = keysOfPayments([{ intentId: asIntentId(create.intentId), orderId, customerId }]);
  for (const command of [create, aCommand(create, 'cancel')]) {
    await harness.parts.cache.setAll(keys, 'old', 60);
    await send(command);
    await until(async () => (await harness.parts.cache.mget(keys)).every((value) => value !== 'old'), {
      what: 'the cache to forget',
    });
  }
}, 60_000);

test('the time from sending a creation to its intent is measured, by the gateway', async () => {
  await harness.startWorker();
  await send(aCreation(), aCreation({ amount: 0 }));
  await untilCounted('payment_creation_duration_seconds', { provider: 'stripe', le: '+Inf' });
  await untilCounted('intent_commands_total', { type: 'create', code: 'INVALID_AMOUNT' });
  await untilCounted('payment_effects_total', { type: 'created' });
}, 60_000);
