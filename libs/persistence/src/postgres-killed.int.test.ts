import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OwnStack, startOwnStack, until } from '@payments/local/testing';
import type { EntityManager } from 'typeorm';
import { type Database, openDatabase } from './database.js';
import { databaseErrorOf } from './database-error.js';
import { knownWebhooks } from './payments/known-webhooks.js';
import { insertWebhooks, type WebhookRow } from './statements/insert-webhooks.js';

let stack: OwnStack;
let database: Database;

beforeAll(async () => {
  stack = await startOwnStack({ parts: ['postgres'] });
  database = await openDatabase({ url: stack.databaseUrl, poolSize: 4, applicationName: 'test' });
}, 60_000);
afterAll(async () => {
  await database?.close();
  await stack?.stop();
}, 60_000);

const LANES = 4;
const BATCH = 50;

function batch(lane: number, n: number): WebhookRow[] {
  return Array.from({ length: BATCH }, (_, i) => ({
    webhookId: `stripe:${lane}-${n}-${i}`,
    provider: 'stripe',
    eventType: 'charge.updated',
    source: 'gateway',
    status: 'IGNORED',
    receivedAt: new Date(),
    eventTime: null,
    objectIds: ['ch_1'],
    sealedBody: Buffer.alloc(500, i),
    kafka: { topic: 't', partition: lane, offset: BigInt(n * BATCH + i) },
  }));
}

/** Shows whether a commit without an answer has happened, as it does for a worker. */
async function insertUnknown(em: EntityManager, rows: readonly WebhookRow[]): Promise<void> {
  const ids = rows.map(({ webhookId }) => webhookId);
  const { done } = await knownWebhooks(em, ids);
  await insertWebhooks(
    em,
    rows.filter(({ webhookId }) => !done.has(webhookId)),
  );
}

test('Postgres is killed and stopped under load: what was committed is there once, and every error has a name', async () => {
  let stopped = false;
  let committed = 0;
  const unnamed: unknown[] = [];
  const lane = async (of: number): Promise<void> => {
    for (let n = 0; !stopped; n += 1) {
      const rows = batch(of, n);
      await until(
        () =>
          database
            .transaction((em) => insertUnknown(em, rows))
            .then(
              () => true,
              (error: unknown) => {
                if (!databaseErrorOf(error)) unnamed.push(error);
                return false;
              },
            ),
        { timeoutMs: 60_000, what: 'Postgres to answer again' },
      );
      committed += rows.length;
    }
  };
  const progress = (): Promise<unknown> => {
    const before = committed;
    return until(() => committed > before + 10 * BATCH, { timeoutMs: 60_000, what: 'batches to commit' });
  };

  const lanes = Array.from({ length: LANES }, (_, of) => lane(of));
  await progress();
  await stack.postgres.kill();
  await stack.postgres.start();
  await progress();
  await stack.postgres.stop();
  await stack.postgres.start();
  await progress();
  stopped = true;
  await Promise.all(lanes);

  expect(unnamed).toEqual([]);
  const [stored] = await database.primary.query(`SELECT count(*)::int AS n,
    (SELECT count(*)::int FROM payment_webhook_bodies) AS bodies FROM payment_webhooks`);
  expect(stored).toEqual({ n: committed, bodies: committed });
}, 180_000);
