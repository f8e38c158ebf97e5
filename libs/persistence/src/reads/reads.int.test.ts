import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asCommandId, asIntentId, type IntentId, uuidv7 } from '@payments/domain';
import { insertAttempts } from '../attempts/insert-attempts.js';
import { captured, openTestLedger, refunded, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { readCommand } from './read-command.js';
import {
  readCustomerPayments,
  readIntent,
  readIntents,
  readIntentsNewerThan,
  readOrderPayments,
} from './read-intents.js';
import { readTimeline, type TimelinePlace } from './read-timeline.js';
import { readWebhookStatistics } from './read-webhook-statistics.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger();
});
afterAll(() => ledger.close());

const source = () => ledger.database.primary;

test('an intent is read by its public id, as it was created', async () => {
  const objectId = `pi_${randomUUID()}`;
  const { intentId } = await ledger.create({
    orderId: 'order-42',
    customerId: 'cust-42',
    gatewayObjectId: objectId,
    expiresAt: new Date(2_000_000_000_000),
    paymentMethodToken: 'pm_1',
    returnUrl: 'https://shop.example/',
    metadata: { basket: 'b-1' },
  });
  expect(await readIntent(source(), intentId)).toEqual({
    intentId,
    orderId: 'order-42',
    customerId: 'cust-42',
    gatewayProvider: 'stripe',
    attempt: 1,
    amount: 1999n,
    currency: 'USD',
    captureMethod: 'automatic',
    confirmRequested: false,
    paymentMethodToken: 'pm_1',
    fallbacks: [],
    returnUrl: 'https://shop.example/',
    metadata: { basket: 'b-1' },
    status: 'CREATED',
    version: 1,
    amountCaptured: 0n,
    amountRefunded: 0n,
    gatewayIntentId: objectId,
    currentGatewayProvider: 'stripe',
    nextAction: null,
    lastError: null,
    createdAt: expect.any(Date),
    updatedAt: expect.any(Date),
    expiresAt: new Date(2_000_000_000_000),
  });
  expect(await readIntent(source(), asIntentId('6ba7b810-9dad-51d1-80b4-00c04fd430c8'))).toBeUndefined();
});

test('several intents are read with one statement; missing ones are left out', async () => {
  const created = await Promise.all([ledger.create(), ledger.create()]);
  const ids = created.map(({ intentId }) => intentId);
  const missing = asIntentId('6ba7b810-9dad-51d1-80b4-00c04fd430c8');
  const found = await readIntents(source(), [...ids, missing]);
  const eachAlone = await Promise.all(ids.map((id) => readIntent(source(), id)));
  expect(found).toHaveLength(2);
  expect(found).toEqual(expect.arrayContaining(eachAlone));
  expect(await readIntents(source(), [])).toEqual([]);
});

test('of several intents, only those past a version are read', async () => {
  const [first, second] = await Promise.all([ledger.create(), ledger.create()]);
  const newer = async (versions: [IntentId, number][]) =>
    (await readIntentsNewerThan(source(), new Map(versions))).map(({ intentId }) => intentId);
  expect(
    await newer([
      [first.intentId, 0],
      [second.intentId, 1],
    ]),
  ).toEqual([first.intentId]);
  expect(await newer([[first.intentId, 1]])).toEqual([]);
  expect(await newer([])).toEqual([]);
});

test("an order's intents are read newest first, and no more than asked for", async () => {
  const orderId = `order-${randomUUID()}`;
  const made: string[] = [];
  const now = Date.now();
  for (const attempt of [1, 2, 3]) {
    // The order within one millisecond is a matter of luck.
    const createdAt = new Date(now + attempt);
    made.push((await ledger.create({ orderId, attempt, createdAt, allowAnother: true })).intentId);
  }
  const ids = async (countMax: number) =>
    (await readOrderPayments(source(), orderId, countMax)).map(({ intentId }) => intentId);
  expect(await ids(10)).toEqual(made.toReversed());
  expect(await ids(2)).toEqual(made.toReversed().slice(0, 2));
});

test("pages of a customer's intents have neither gaps nor repetitions, also within one millisecond", async () => {
  const customerId = `cust-${randomUUID()}`;
  const createdAt = new Date();
  const created = await Promise.all(
    Array.from({ length: 7 }, (_, index) =>
      ledger.create({
        customerId,
        createdAt: index < 5 ? createdAt : new Date(createdAt.getTime() - 86_400_000 * 40),
      }),
    ),
  );
  const seen: string[] = [];
  let page = await readCustomerPayments(source(), customerId, { countMax: 3 });
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    seen.push(...page.map(({ intentId }) => intentId));
    page = await readCustomerPayments(source(), customerId, { countMax: 3, after: last });
  }
  expect(seen).toHaveLength(7);
  expect(new Set(seen)).toEqual(new Set(created.map(({ intentId }) => intentId)));
});

test('a timeline has commands, transactions and webhooks in order of time, in pages', async () => {
  const objectId = `pi_${randomUUID()}`;
  const { intentId, id } = await ledger.create({ gatewayObjectId: objectId });
  await insertCommand(intentId, id, new Date(Date.now() - 60_000));
  const webhooks = [`stripe:${randomUUID()}`, `stripe:${randomUUID()}`] as const;
  await ledger.deliver([webhookOf(webhooks[0], [captured(objectId)])]);
  await ledger.deliver([
    webhookOf(webhooks[1], [refunded(`re_${randomUUID()}`, { relatedIds: [objectId] })]),
  ]);

  const whole = (await readTimeline(source(), intentId, { countMax: 100 })) ?? [];
  expect(whole.map(({ kind }) => kind).toSorted()).toEqual([
    'command',
    'transaction',
    'transaction',
    'webhook',
    'webhook',
  ]);
  expect(whole[0]).toMatchObject({
    kind: 'command',
    details: { type: 'create', outcome: 'DONE', sender: 'tests' },
  });
  const times = whole.map(({ at }) => at.getTime());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(whole.filter(({ kind }) => kind === 'webhook').map(({ id }) => id)).toEqual(webhooks);
  expect(whole.find(({ kind }) => kind === 'transaction')).toMatchObject({
    details: {
      type: 'PAYMENT',
      status: 'SUCCEEDED',
      amount: 1999,
      currency: 'USD',
      gatewayTransactionId: objectId,
    },
  });

  const paged: unknown[] = [];
  let after: TimelinePlace | undefined;
  for (;;) {
    const page = (await readTimeline(source(), intentId, { countMax: 2, after })) ?? [];
    paged.push(...page);
    after = page.at(-1)?.place;
    if (page.length < 2) break;
  }
  expect(paged).toEqual(whole);
  expect(await readTimeline(source(), intentId, { countMax: 2, after: whole.at(-1)?.place })).toEqual([]);
});

test('calls of the same time are in the order in which they were requested', async () => {
  const { intentId, id } = await ledger.create();
  const commandIds = Array.from({ length: 12 }, () => asCommandId(randomUUID()));
  const call = { paymentIntentId: id, intentId, provider: 'stripe', operation: 'refund', leg: 1 } as const;
  await ledger.transaction((em) =>
    insertAttempts(
      em,
      commandIds.map((commandId) => ({
        ...call,
        commandId,
        amount: 1n,
        askedAt: 1_764_000_000_000,
        notAfter: null,
      })),
    ),
  );
  const first = (await readTimeline(source(), intentId, { countMax: 7 })) ?? [];
  const rest = (await readTimeline(source(), intentId, { countMax: 7, after: first.at(-1)?.place })) ?? [];
  const found = [...first, ...rest].map(({ details }) => 'commandId' in details && details.commandId);
  expect(found).toEqual(commandIds);
});

test('an intent without entries has an empty timeline; one that does not exist has none', async () => {
  const { intentId } = await ledger.create();
  expect(await readTimeline(source(), intentId, { countMax: 10 })).toEqual([]);
  const nobody = asIntentId('6ba7b810-9dad-51d1-80b4-00c04fd430c8');
  expect(await readTimeline(source(), nobody, { countMax: 10 })).toBeUndefined();
});

test('a command is read with its outcome once it is decided', async () => {
  const { intentId, id } = await ledger.create();
  const commandId = asCommandId(await insertCommand(intentId, id, new Date(1_764_000_000_000)));
  expect(await readCommand(source(), commandId)).toEqual({
    commandId,
    type: 'create',
    intentId,
    outcome: 'DONE',
    code: null,
    detail: null,
    intentVersion: 1,
    receivedAt: new Date(1_764_000_000_000),
    decidedAt: new Date(1_764_000_000_000),
    idReusedAt: null,
  });
  expect(await readCommand(source(), asCommandId(randomUUID()))).toBeUndefined();
});

test("the day's webhooks are counted by type", async () => {
  await ledger.deliver([webhookOf(`stripe:${randomUUID()}`, [captured('pi_unknown')])]);
  const statistics = await readWebhookStatistics(source(), 10);
  expect(statistics).toEqual([
    {
      eventType: 'test',
      totalWebhooks: expect.any(Number),
      avgProcessingSeconds: expect.anything(),
      failedCount: 0,
    },
  ]);
  expect(await readWebhookStatistics(source(), 0)).toEqual([]);
});

async function insertCommand(intentId: string, rowId: string, at: Date): Promise<string> {
  const commandId = uuidv7();
  await ledger.rows(
    `INSERT INTO commands (command_id, type, intent_id, payment_intent_id, sender, request_hash, outcome,
       intent_version, received_at, decided_at)
     VALUES ($1, 'create', $2, $3, 'tests', sha256('\\x00'), 'DONE', 1, $4, $4)`,
    [commandId, intentId, rowId, at],
  );
  return commandId;
}
