import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { asCommandId, type Command } from '@payments/domain';
import { commandOn, createCommand } from '@payments/domain/testing';
import { applyCommands } from '../index.js';
import { codes, type TestCommands, testCommands } from '../testing/applied-commands.js';
import { entryOf } from '../testing/command-entry.js';
import { captured, type TestLedger } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let commands: TestCommands;
useLedger((opened) => {
  ledger = opened;
  commands = testCommands(opened);
});

test('a creation is an intent of version 1, its event, its outcome and a call to its gateway', async () => {
  const create = createCommand({
    confirm: true,
    paymentMethodToken: 'pm_card_visa',
    expiresAt: 1_900_000_000_000,
    metadata: { basket: 'b-1' },
  });
  const applied = await commands.apply(create);
  const id = await commands.rowIdOf(create);
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

test('every record that results from a command has its headers, and no other has them', async () => {
  const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
  const create = createCommand();
  const cancel = commandOn(create, 'cancel');
  const entries = [{ ...entryOf(create), headers }, entryOf(cancel)];
  await ledger.transaction((em) => applyCommands(em, entries, 1_764_000_000_000));
  const rows = await ledger.rows('SELECT version, headers FROM outbox WHERE key = $1', [create.intentId]);
  expect(new Set(rows.map(({ version }) => version))).toEqual(new Set(['1', '2']));
  for (const row of rows) expect(row.headers).toEqual(row.version === '1' ? headers : {});
});

test('a repeated command changes nothing; another one with its id is recorded, and the outcome is published again', async () => {
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
  const outcomes = await ledger.rows(
    `SELECT payload FROM outbox WHERE key = $1 AND topic = 'payment.command.outcomes' ORDER BY id`,
    [create.intentId],
  );
  const first = {
    commandId: create.commandId,
    type: 'create',
    outcome: 'DONE',
    decidedAt: 1_764_000_000_000,
  };
  expect(outcomes.map(({ payload }) => payload)).toMatchObject([
    { ...first, idReusedAt: null },
    { ...first, idReusedAt: 1_764_000_000_000 },
    { ...first, idReusedAt: 1_764_000_060_000 },
  ]);
});

test('a hundred creators at once make one intent, and each has an outcome that names it', async () => {
  const orderId = `order-${randomUUID()}`;
  const creates = Array.from({ length: 100 }, () => createCommand({ orderId }));
  const halves = [0, 1, 2, 3].map((part) => creates.filter((_, index) => index % 4 === part));
  await Promise.all(halves.map((half) => commands.apply(...half)));
  const [intent] = creates;
  expect(
    await ledger.rows('SELECT count(*)::int AS n FROM payment_intents WHERE order_id = $1', [orderId]),
  ).toEqual([{ n: 1 }]);
  const outcomes = await ledger.rows(
    `SELECT outcome, intent_version, payment_intent_id, count(*)::int AS n FROM commands WHERE intent_id = $1
     GROUP BY 1, 2, 3`,
    [intent?.intentId],
  );
  const id = await commands.rowIdOf(intent as Command);
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
  const applied = await commands.apply(
    early,
    create,
    differs,
    commandOn(create, 'confirm'),
    cancel,
    commandOn(create, 'cancel'),
  );
  expect(codes(applied)).toEqual([
    'INTENT_NOT_FOUND',
    'DONE',
    'INTENT_DIFFERS',
    'DONE',
    'DONE',
    'NOT_ALLOWED_IN_STATUS',
  ]);
  expect(applied.decided.map(({ intentVersion }) => intentVersion)).toEqual([null, 1, 1, 1, 2, 2]);
  const id = await commands.rowIdOf(create);
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

test('what a command asks of a gateway has its deadline, but for a cancellation: its intent has ended', async () => {
  const notAfter = Date.now() + 3_600_000;
  const create = createCommand({ notAfter });
  await commands.apply(create);
  await commands.apply(commandOn(create, 'cancel', { notAfter }));
  const deadlines = [
    { operation: 'create', not_after: String(notAfter) },
    { operation: 'cancel', not_after: null },
  ];
  expect(
    await ledger.rows(
      `SELECT payload->>'operation' AS operation, payload->>'notAfter' AS not_after FROM outbox
       WHERE key = $1 AND topic LIKE 'payment.gateway.commands.%' ORDER BY id`,
      [create.intentId],
    ),
  ).toEqual(deadlines);
  expect(
    await ledger.rows(
      `SELECT operation, (extract(epoch FROM not_after) * 1000)::bigint::text AS not_after
       FROM gateway_requests WHERE payment_intent_id = $1 ORDER BY operation DESC`,
      [await commands.rowIdOf(create)],
    ),
  ).toEqual(deadlines);
});

test('a concurrent confirmation, cancellation and capture end in one valid state, with every outcome', async () => {
  for (let round = 0; round < 10; round += 1) {
    const create = createCommand();
    const objectId = `pi_${randomUUID()}`;
    await commands.apply(create);
    const [confirm, cancel] = [commandOn(create, 'confirm'), commandOn(create, 'cancel')];
    await Promise.all([
      commands.apply(confirm),
      commands.apply(cancel),
      commands.answer(create, 'create', [captured(objectId)], objectId),
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
    // Canceled before the capture was reported: then it is a late capture.
    const canceled = outcomes.find(({ command_id }) => command_id === cancel.commandId)?.code === null;
    expect(row?.version).toBe(canceled ? 3 : 2);
  }
});

test('a command in two concurrent batches is decided once', async () => {
  const { create } = await commands.paidIntent();
  for (let round = 0; round < 10; round += 1) {
    const refund = commandOn(create, 'refund', { amount: 1n });
    const both = await Promise.all([commands.apply(refund), commands.apply(refund)]);
    expect(both.map(({ decided }) => decided.length).sort()).toEqual([0, 1]);
  }
  expect(
    await ledger.rows(
      `SELECT count(*)::int AS n FROM gateway_requests WHERE operation = 'refund' AND payment_intent_id = $1`,
      [await commands.rowIdOf(create)],
    ),
  ).toEqual([{ n: 10 }]);
});
