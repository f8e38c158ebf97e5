import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { type Database, type EntityManager, findDueIntents } from '@payments/persistence';
import { measured } from '@payments/runtime/testing';
import { startExpiry } from './expiry.js';
import { aCommand, aCreation } from './testing/a-command.js';
import { authorized, captured } from './testing/facts.js';
import { IntentsHarness } from './testing/intents-harness.js';

let harness: IntentsHarness;
beforeEach(async () => {
  harness = await IntentsHarness.create();
  await harness.startWorker();
}, 60_000);
afterEach(() => harness.close(), 60_000);

const TEN = { countMax: 10, except: [] };

function expire(database: Pick<Database, 'transaction'> = harness.parts.database): void {
  const { events } = harness.parts;
  const expiry = startExpiry({ database, events, intervalMs: 100, tell: async () => {} });
  harness.onClose(() => expiry.close());
}

/** A database that runs something once, between finding the first overdue intents and deciding on them. */
function afterFinding(database: Database, happens: () => Promise<void>): Pick<Database, 'transaction'> {
  let hasHappened = false;
  return {
    transaction: <T>(fn: (em: EntityManager) => Promise<T>) =>
      database.transaction((em) => {
        const query = em.query.bind(em);
        em.query = (async (sql: string, parameters?: unknown[]) => {
          const rows = await query(sql, parameters);
          if (sql.includes('SKIP LOCKED') && rows.length > 0 && !hasHappened) {
            hasHappened = true;
            await happens();
          }
          return rows;
        }) as EntityManager['query'];
        return fn(em);
      }),
  };
}

/** Creates intents with a future expiry, and then moves it into the past. */
async function overdue(count: number, said: Parameters<typeof aCreation>[0] = {}) {
  const creations = Array.from({ length: count }, () =>
    aCreation({ expiresAt: Date.now() + 3_600_000, ...said }),
  );
  await harness.publish(creations);
  await harness.finished();
  await harness.rows(
    `UPDATE payment_intents SET expires_at = now() - interval '1 second'
    WHERE intent_id = ANY($1) AND expires_at IS NOT NULL`,
    [creations.map(({ intentId }) => intentId)],
  );
  return creations;
}

async function statuses(): Promise<Record<string, number>> {
  const rows = await harness.rows('SELECT status, count(*)::int AS n FROM payment_intents GROUP BY 1');
  return Object.fromEntries(rows.map(({ status, n }) => [String(status), Number(n)]));
}

test('by several timers each overdue intent ends once, with its event, its outcome and its call', async () => {
  await overdue(250);
  await harness.publish([aCreation({ expiresAt: Date.now() + 3_600_000 }), aCreation()]);
  await harness.finished();
  for (let timers = 0; timers < 3; timers += 1) expire();
  await until(async () => (await statuses()).EXPIRED === 250, {
    what: 'the overdue to expire',
    timeoutMs: 60_000,
  });
  expect(await statuses()).toEqual({ EXPIRED: 250, CREATED: 2 });
  expect(
    await harness.rows(
      `SELECT outcome, sender, count(*)::int AS n FROM commands WHERE type = 'expire' GROUP BY 1, 2`,
    ),
  ).toEqual([{ outcome: 'DONE', sender: 'intents', n: 250 }]);
  const told = await harness.rows(`SELECT topic, count(*)::int AS n FROM outbox
    WHERE payload->>'type' IN ('expired', 'expire') OR payload->>'operation' = 'cancel' GROUP BY 1 ORDER BY 1`);
  expect(told).toEqual([
    { topic: 'payment.command.outcomes', n: 250 },
    { topic: 'payment.gateway.commands.stripe', n: 250 },
    { topic: 'payment.intent.events', n: 250 },
  ]);
}, 120_000);

test('what is paid, or whose money is under way, is left; what is held is let go', async () => {
  const [paid, capturing, held, processing] = await overdue(4, { captureMethod: 'manual' });
  if (!paid || !capturing || !held || !processing) throw new Error('four were created');
  const tell = (create: typeof paid, told: typeof captured) => {
    const objectId = `pi_${randomUUID()}`;
    return harness.answer(create, 'create', { facts: [told(objectId)], gatewayObjectId: objectId });
  };
  await tell(paid, captured);
  await tell(capturing, authorized);
  await tell(held, authorized);
  await harness.answer(processing, 'create', {
    facts: [{ kind: 'processing', provider: 'stripe', objectId: 'pi_9', relatedIds: [], occurredAt: 1 }],
    gatewayObjectId: 'pi_9',
  });
  await harness.publish([aCommand(capturing, 'capture')]);
  await harness.finished();
  expire();
  await until(async () => (await statuses()).EXPIRED === 1, { what: 'the held one to expire' });
  const due = await harness.parts.database.transaction((em) => findDueIntents(em, Date.now(), TEN));
  expect(due).toEqual([]);
  expect(await statuses()).toEqual({ SUCCEEDED: 1, REQUIRES_CAPTURE: 1, PROCESSING: 1, EXPIRED: 1 });
}, 60_000);

test('an intent whose capture was asked for while it was about to expire ends once that has come to nothing', async () => {
  const [create] = await overdue(1, { captureMethod: 'manual' });
  if (create === undefined) throw new Error('one was created');
  await harness.answer(create, 'create', { facts: [authorized('pi_held')], gatewayObjectId: 'pi_held' });
  const askedFor = Promise.withResolvers<void>();
  const refused = async () =>
    (await harness.rows(`SELECT code FROM commands WHERE type = 'expire' AND outcome = 'REJECTED'`)).length;
  expire(
    afterFinding(harness.parts.database, async () => {
      await harness.rows(
        `INSERT INTO gateway_requests (command_id, payment_intent_id, requested_at, amount, leg, operation,
           gateway_provider, details)
         SELECT gen_random_uuid(), id, now(), amount, 1, 'capture', 'stripe', '{}' FROM payment_intents`,
      );
      askedFor.resolve();
    }),
  );
  await askedFor.promise;
  await until(async () => (await refused()) === 1, { what: 'the expiry to be refused' });
  await harness.rows(`UPDATE gateway_requests SET answered_at = now() WHERE operation = 'capture'`);
  await until(async () => (await statuses()).EXPIRED === 1, { what: 'it to expire' });
}, 60_000);

test('an intent that cannot be ended holds back none of the others, and is told of', async () => {
  const creations = await overdue(120);
  const bad = creations.slice(50, 52).map(({ intentId }) => intentId);
  await harness.rows(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'it cannot be ended'; END $$`);
  await harness.rows(`CREATE TRIGGER refuse BEFORE UPDATE ON payment_intents FOR EACH ROW
    WHEN (NEW.intent_id IN (${bad.map((id) => `'${id}'`).join()})) EXECUTE FUNCTION refuse()`);
  expire();
  await until(async () => (await statuses()).EXPIRED === 118, { what: 'the others to expire' });
  const failures = () => measured(harness.parts.metrics, 'payment_expiry_failures_total');
  await until(async () => (await failures()) === 2, { what: 'both to be told of' });
  expect(await statuses()).toEqual({ EXPIRED: 118, CREATED: 2 });
  const lines = harness.parts.logged.filter((line) => line.includes('cannot be ended, will be tried again'));
  expect(lines.map((line) => JSON.parse(line).intent_id).sort()).toEqual(bad.sort());
}, 60_000);

test('a confirmation after the end is refused, and money that comes all the same counts', async () => {
  const [create] = await overdue(1);
  if (create === undefined) throw new Error('one was created');
  expire();
  await until(async () => (await statuses()).EXPIRED === 1, { what: 'it to expire' });
  const confirm = aCommand(create, 'confirm');
  await harness.publish([confirm]);
  await harness.finished();
  expect((await harness.outcomes())[confirm.commandId]).toBe('NOT_ALLOWED_IN_STATUS');
  await harness.answer(create, 'create', { facts: [captured('pi_late')], gatewayObjectId: 'pi_late' });
  expect(await statuses()).toEqual({ SUCCEEDED: 1 });
}, 60_000);

test('the overdue are found by their index alone', async () => {
  await overdue(20);
  const { database } = harness.parts;
  const plan = await database.transaction(async (em) => {
    await em.query('SET LOCAL enable_seqscan = off');
    let text = '';
    const query = em.query.bind(em);
    em.query = (async (sql: string, parameters?: unknown[]) => {
      text = JSON.stringify(await query(`EXPLAIN ${sql}`, parameters));
      return [];
    }) as typeof em.query;
    await findDueIntents(em, Date.now(), TEN);
    return text;
  });
  expect(plan).toMatch(/Index Scan using \w*expires_at_idx\d* on payment_intents_\w+/);
  expect(plan).not.toContain('Seq Scan on payment_intents');
});

test('an intent does not end early because the clock of a process is fast', async () => {
  await harness.publish([aCreation({ expiresAt: Date.now() + 3_600_000 })]);
  await harness.finished();
  const { database } = harness.parts;
  const due = await database.transaction((em) => findDueIntents(em, Date.now() + 7_200_000, TEN));
  expect(due).toEqual([]);
}, 60_000);
