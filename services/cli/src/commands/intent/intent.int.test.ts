import { expect, test } from '@jest/globals';
import {
  type CreatedPayment,
  createPayment,
  type Database,
  ensurePartitions,
  type NewPaymentRow,
} from '@payments/persistence';
import { useDatabase } from '@payments/persistence/testing';
import { runPayments } from '../../testing/run-payments.js';

let database: Database;
let databaseUrl: string;

useDatabase((opened, url) => {
  database = opened;
  databaseUrl = url;
});

test('show tells a payment with its money, its last error and what happened to it', async () => {
  const { intentId, id } = await create({ orderId: 'order-1' });
  await failed(id);
  await commanded(id, intentId);
  const { code, out } = await payments('intent', 'show', intentId);
  expect(code).toBe(0);
  expect(out).toMatch(/^status +REQUIRES_PAYMENT_METHOD, version 2$/m);
  expect(out).toMatch(/^order +order-1, attempt 1$/m);
  expect(out).toMatch(/^amount +19\.99 USD$/m);
  expect(out).toMatch(/^last error +card_declined: Try another card\.$/m);
  expect(out).toMatch(/command +capture by tests REJECTED NOT_CAPTURABLE/);
});

test('an order shows all of its payments, the newest first; --json as the API tells them', async () => {
  const first = await create({ orderId: 'order-2', allowAnother: true });
  const second = await create({ orderId: 'order-2', attempt: 2, allowAnother: true, amount: yen(295n) });
  await commanded(second.id, second.intentId);
  const { out } = await payments('intent', 'show', 'order-2', '--json');
  const { payments: found } = JSON.parse(out);
  expect(found).toMatchObject([
    { intentId: second.intentId, amount: 295, currency: 'JPY', attempt: 2, timelineIsCut: false },
    { intentId: first.intentId, amount: 1999, timeline: [] },
  ]);
  expect(found[0].timeline).toMatchObject([{ kind: 'command', type: 'capture', code: 'NOT_CAPTURABLE' }]);
  const text = (await payments('intent', 'show', 'order-2')).out;
  expect(text).toMatch(/amount +295 JPY/);
  expect(text).toContain('Nothing has happened to it yet.');
});

test.each(['order-unknown', '6ba7b810-9dad-51d1-80b4-00c04fd430c8'])(
  '%s is not found: exit code 3',
  async (id) => {
    const { code, out, err } = await payments('intent', 'show', id);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(`There is no payment intent ${id}`);
  },
);

test('an archived one is said to be archived, by its own id or its order: exit code 3', async () => {
  const createdAt = new Date('2024-03-15T00:00:00Z');
  await ensurePartitions(database, createdAt);
  const { intentId, id } = await create({ orderId: 'order-archived', createdAt });
  const [row] = await database.primary.query(
    'SELECT tableoid::regclass::text AS partition FROM payment_intents WHERE id = $1',
    [id],
  );
  await database.primary.query(`ALTER TABLE payment_intents DETACH PARTITION ${row.partition}`);
  const { code, err } = await payments('intent', 'show', intentId);
  expect(code).toBe(3);
  expect(err).toContain(`The payment intent ${intentId} is archived`);
  const ofOrder = await payments('intent', 'show', 'order-archived');
  expect(ofOrder).toMatchObject({ code: 3, out: '' });
  expect(ofOrder.err).toContain(`The payments of order-archived are archived: ${intentId}.`);
});

function payments(...args: string[]) {
  return runPayments(args, { DATABASE_URL: databaseUrl });
}

function yen(amountMinor: bigint) {
  return { amountMinor, currency: 'JPY' };
}

async function create(over: Partial<NewPaymentRow>): Promise<CreatedPayment> {
  const payment: NewPaymentRow = {
    orderId: 'order',
    customerId: 'cust-7',
    provider: 'stripe',
    amount: { amountMinor: 1999n, currency: 'USD' },
    ...over,
  };
  const created = await database.transaction((em) => createPayment(em, payment));
  if (created.outcome !== 'created') throw new Error(`not created: ${created.outcome}`);
  return created;
}

async function failed(id: string): Promise<void> {
  await database.primary.query(
    `UPDATE payment_intents SET status = 'REQUIRES_PAYMENT_METHOD', version = 2,
       last_error = '{"code": "card_declined", "message": "Try another card."}'
     WHERE id = $1 AND created_at = uuid_v7_time($1)`,
    [id],
  );
}

async function commanded(id: string, intentId: string): Promise<void> {
  await database.primary.query(
    `INSERT INTO commands (command_id, type, intent_id, payment_intent_id, sender, request_hash, outcome, code, detail,
       intent_version, received_at, decided_at)
     VALUES (gen_random_uuid(), 'capture', $1, $2, 'tests', sha256('\\x00'), 'REJECTED', 'NOT_CAPTURABLE', 'Not now.',
       1, now(), now())`,
    [intentId, id],
  );
}
