import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asCommandId, type Command, type IntentRowId } from '@payments/domain';
import { type AppliedCommands, applyCommands, type Report } from '../index.js';
import { commandOn, createCommand, entryOf } from '../testing/commands.js';
import { captured, openTestLedger, refunded, type TestLedger } from '../testing/deliveries.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openTestLedger();
}, 60_000);
afterAll(() => ledger.close());

const apply = (commands: readonly Command[], now = Date.now()): Promise<AppliedCommands> =>
  ledger.transaction((em) => applyCommands(em, commands.map(entryOf), now));

const codes = ({ decided }: AppliedCommands) => decided.map(({ rejection }) => rejection?.code ?? 'DONE');

async function rowIdOf({ intentId }: Pick<Command, 'intentId'>): Promise<IntentRowId> {
  const [row] = await ledger.rows(
    'SELECT payment_intent_id AS id FROM payment_intent_keys WHERE intent_id = $1',
    [intentId],
  );
  return row?.id as IntentRowId;
}

/** What a gateway answers to a call, as its worker will write it. */
async function answer(
  command: Command,
  operation: 'create' | 'capture' | 'refund',
  facts: Report['facts'],
  gatewayObjectId?: string,
): Promise<void> {
  const { commandId } = command;
  await ledger.write([
    {
      source: 'command',
      provider: 'stripe',
      objectIds: [],
      intentId: null,
      facts,
      leg: {
        paymentIntentId: await rowIdOf(command),
        leg: 1,
        ...(gatewayObjectId !== undefined && { gatewayObjectId }),
      },
      answers: { commandId, leg: 1, operation },
    },
  ]);
}

/** An intent that was paid through this gateway object. */
async function paidIntent(): Promise<{ create: Command; objectId: string }> {
  const create = createCommand();
  const objectId = `pi_${randomUUID()}`;
  await apply([create]);
  await answer(create, 'create', [captured(objectId)], objectId);
  return { create, objectId };
}

test('a creation is an intent of version 1, its event, its outcome and a call to its gateway', async () => {
  const create = createCommand({
    confirm: true,
    paymentMethodToken: 'pm_card_visa',
    expiresAt: 1_900_000_000_000,
    metadata: { basket: 'b-1' },
  });
  const applied = await apply([create]);
  const id = await rowIdOf(create);
  expect(applied.decided).toMatchObject([
    { paymentIntentId: id, intentVersion: 1, creates: true, rejection: null },
  ]);
  expect(
    await ledger.rows('SELECT status, version, expires_at, metadata FROM payment_intents WHERE id = $1', [
      id,
    ]),
  ).toEqual([
    { status: 'CREATED', version: '1', expires_at: new Date(1_900_000_000_000), metadata: { basket: 'b-1' } },
  ]);
  const outbox = await ledger.rows(
    `SELECT topic, version, key, payload->>'type' AS type, payload->>'operation' AS operation,
       payload->>'outcome' AS outcome FROM outbox WHERE payment_intent_id = $1 ORDER BY id`,
    [id],
  );
  const row = { key: create.intentId, version: '1', type: null, operation: null, outcome: null };
  expect(outbox).toEqual([
    { ...row, topic: 'payment.intent.events', type: 'created' },
    { ...row, topic: 'payment.command.outcomes', type: 'create', outcome: 'DONE' },
    { ...row, topic: 'payment.gateway.commands.stripe', operation: 'create' },
    { ...row, topic: 'payment.gateway.commands.stripe', operation: 'confirm' },
  ]);
});

test('a command that comes again changes nothing; another one under its id is noted, and the outcome told again', async () => {
  const create = createCommand();
  const entry = entryOf(create);
  const other = entryOf({ ...create, customerId: 'cust-8' });
  const once = await ledger.transaction((em) => applyCommands(em, [entry, entry, other], 1_764_000_000_000));
  expect([once.decided.length, once.repeated, once.reused]).toEqual([1, [entry], [other]]);
  const again = await ledger.transaction((em) => applyCommands(em, [other, entry], 1_764_000_060_000));
  expect([again.decided, again.repeated, again.reused]).toEqual([[], [entry], [other]]);
  expect(
    await ledger.rows('SELECT outcome, id_reused_at FROM commands WHERE intent_id = $1', [create.intentId]),
  ).toEqual([{ outcome: 'DONE', id_reused_at: new Date(1_764_000_060_000) }]);
  const told = await ledger.rows(
    `SELECT payload FROM outbox WHERE key = $1 AND topic = 'payment.command.outcomes' ORDER BY id`,
    [create.intentId],
  );
  const first = {
    commandId: create.commandId,
    type: 'create',
    outcome: 'DONE',
    decidedAt: 1_764_000_000_000,
  };
  expect(told.map(({ payload }) => payload)).toMatchObject([
    { ...first, idReusedAt: null },
    { ...first, idReusedAt: 1_764_000_000_000 },
    { ...first, idReusedAt: 1_764_000_060_000 },
  ]);
});

test('a hundred creators at once make one intent, and each has an outcome that names it', async () => {
  const orderId = `order-${randomUUID()}`;
  const creates = Array.from({ length: 100 }, () => createCommand({ orderId }));
  const halves = [0, 1, 2, 3].map((part) => creates.filter((_, index) => index % 4 === part));
  await Promise.all(halves.map((half) => apply(half)));
  const [intent] = creates;
  expect(
    await ledger.rows('SELECT count(*)::int AS n FROM payment_intents WHERE order_id = $1', [orderId]),
  ).toEqual([{ n: 1 }]);
  const outcomes = await ledger.rows(
    `SELECT outcome, intent_version, payment_intent_id, count(*)::int AS n FROM commands WHERE intent_id = $1
     GROUP BY 1, 2, 3`,
    [intent?.intentId],
  );
  const id = await rowIdOf(intent as Command);
  expect(outcomes).toEqual([{ outcome: 'DONE', intent_version: '1', payment_intent_id: id, n: 100 }]);
});

test('commands of one batch are folded: versions have no gap, and each outcome names the version after it', async () => {
  const create = createCommand();
  const early = commandOn(create, 'confirm');
  const differs = {
    ...create,
    commandId: asCommandId(randomUUID()),
    amount: { amountMinor: 1n, currency: 'USD' },
  };
  const cancel = commandOn(create, 'cancel', { reason: 'changed their mind' });
  const applied = await apply([
    early,
    create,
    differs,
    commandOn(create, 'confirm'),
    cancel,
    commandOn(create, 'cancel'),
  ]);
  expect(codes(applied)).toEqual([
    ...['INTENT_NOT_FOUND', 'DONE', 'INTENT_DIFFERS', 'DONE', 'DONE', 'NOT_ALLOWED_IN_STATUS'],
  ]);
  expect(applied.decided.map(({ intentVersion }) => intentVersion)).toEqual([null, 1, 1, 1, 2, 2]);
  const id = await rowIdOf(create);
  const events = await ledger.rows(
    `SELECT version, payload->>'type' AS type FROM outbox
     WHERE payment_intent_id = $1 AND topic = 'payment.intent.events' ORDER BY id`,
    [id],
  );
  expect(events).toEqual([
    { version: '1', type: 'created' },
    { version: '2', type: 'canceled' },
  ]);
  expect(await ledger.rows('SELECT status, version FROM payment_intents WHERE id = $1', [id])).toEqual([
    { status: 'CANCELED', version: '2' },
  ]);
  expect(
    await ledger.rows('SELECT live FROM payment_intent_keys WHERE payment_intent_id = $1', [id]),
  ).toEqual([{ live: false }]);
});

test('an order has one live payment, unless a creation allows another', async () => {
  const orderId = `order-${randomUUID()}`;
  const first = createCommand({ orderId });
  const second = createCommand({ orderId, provider: 'paypal' });
  expect(codes(await apply([first, second]))).toEqual(['DONE', 'ORDER_HAS_ANOTHER']);
  const refused = createCommand({ orderId, provider: 'razorpay' });
  const another = createCommand({ orderId, provider: 'razorpay', allowAnother: true });
  expect(codes(await apply([refused, another, refused]))).toEqual(['ORDER_HAS_ANOTHER', 'DONE']);
  await apply([commandOn(first, 'cancel')]);
});

test('of one order, creations of one batch are decided as if each came alone', async () => {
  const orderId = `order-${randomUUID()}`;
  const another = createCommand({ orderId, provider: 'paypal', allowAnother: true });
  const own = createCommand({ orderId });
  expect(codes(await apply([another, own]))).toEqual(['DONE', 'ORDER_HAS_ANOTHER']);
  const first = createCommand();
  const beside = createCommand({ orderId: first.orderId, provider: 'paypal', allowAnother: true });
  expect(codes(await apply([first, beside]))).toEqual(['DONE', 'DONE']);
});

test("a canceled payment's order may be paid again", async () => {
  const first = createCommand();
  await apply([first, commandOn(first, 'cancel')]);
  const second = createCommand({ orderId: first.orderId, attempt: 2 });
  expect(codes(await apply([second]))).toEqual(['DONE']);
});

test('refunds that race never exceed what was captured, answered or not', async () => {
  const { create, objectId } = await paidIntent();
  const amounts = Array.from({ length: 24 }, (_, index) => BigInt(100 + index * 7));
  const refunds = amounts.map((amount) => commandOn(create, 'refund', { amount }));
  const done: Command[] = [];
  await Promise.all(
    refunds.map(async (refund, index) => {
      const applied = await apply([refund]);
      if (codes(applied)[0] !== 'DONE') return;
      done.push(refund);
      if (index % 2 === 1) return;
      const fact = refunded(`re_${randomUUID()}`, {
        parentId: objectId,
        amount: { amountMinor: amounts[index] ?? 0n, currency: 'USD' },
        state: index % 4 === 0 ? 'succeeded' : 'pending',
      });
      await answer(refund, 'refund', [fact]);
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
  // What is left is less than the least of the refused.
  const refused = refunds.filter((refund) => !done.includes(refund));
  const least = Math.min(...refused.map((refund) => (refund.type === 'refund' ? Number(refund.amount) : 0)));
  expect(1999 - total).toBeLessThan(least);
  expect(codes(await apply([commandOn(create, 'refund')]))).toEqual([
    total < 1999 ? 'DONE' : 'AMOUNT_EXCEEDS_CAPTURED',
  ]);
  expect(codes(await apply([commandOn(create, 'refund')]))).toEqual(['AMOUNT_EXCEEDS_CAPTURED']);
});

test('a refund that the gateway never made gives its amount back', async () => {
  const { create } = await paidIntent();
  const refund = commandOn(create, 'refund', { amount: 1999n });
  expect(codes(await apply([refund, commandOn(create, 'refund', { amount: 1n })]))).toEqual([
    ...['DONE', 'AMOUNT_EXCEEDS_CAPTURED'],
  ]);
  await answer(refund, 'refund', []);
  expect(codes(await apply([commandOn(create, 'refund', { amount: 1999n })]))).toEqual(['DONE']);
});

test('confirmation, cancellation and a capture told at once end in one lawful state, with every outcome', async () => {
  for (let round = 0; round < 10; round += 1) {
    const create = createCommand();
    const objectId = `pi_${randomUUID()}`;
    await apply([create]);
    const [confirm, cancel] = [commandOn(create, 'confirm'), commandOn(create, 'cancel')];
    await Promise.all([
      apply([confirm]),
      apply([cancel]),
      answer(create, 'create', [captured(objectId)], objectId),
    ]);
    const [row] = await ledger.rows(
      `SELECT status, version::int, (SELECT count(DISTINCT version)::int FROM outbox
         WHERE payment_intent_id = intent.id AND topic = 'payment.intent.events') AS events
       FROM payment_intents intent WHERE intent_id = $1`,
      [create.intentId],
    );
    expect(row?.status).toBe('SUCCEEDED');
    expect(row?.events).toBe(row?.version);
    const outcomes = await ledger.rows('SELECT command_id, code FROM commands WHERE intent_id = $1', [
      create.intentId,
    ]);
    expect(outcomes).toHaveLength(3);
    // Canceled before the capture was told: then the money came late.
    const canceled = outcomes.find(({ command_id }) => command_id === cancel.commandId)?.code === null;
    expect(row?.version).toBe(canceled ? 3 : 2);
  }
});

test('one command in two batches at once is decided once', async () => {
  const { create } = await paidIntent();
  for (let round = 0; round < 10; round += 1) {
    const refund = commandOn(create, 'refund', { amount: 1n });
    const both = await Promise.all([apply([refund]), apply([refund])]);
    expect(both.map(({ decided }) => decided.length).sort()).toEqual([0, 1]);
  }
  expect(
    await ledger.rows(
      `SELECT count(*)::int AS n FROM gateway_requests WHERE operation = 'refund' AND payment_intent_id = $1`,
      [await rowIdOf(create)],
    ),
  ).toEqual([{ n: 10 }]);
});
