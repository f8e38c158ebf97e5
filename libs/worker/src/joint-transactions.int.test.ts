import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import type { ConsumedRecord } from '@payments/messaging';
import type { EntityManager } from '@payments/persistence';
import type { Handler, Message } from './index.js';
import { createHarness, finishedUpTo, type WorkerHarness } from './testing/worker-harness.js';

const PARTITIONS = 4;
const RECORDS = 40;

interface Effect {
  readonly id: string;
}

/** Writes one row per message, notes which ones share a transaction, and fails those with a faulty id. */
class NotingHandler implements Handler<Effect> {
  /** The partitions of each call. */
  readonly calls: ReadonlySet<number>[] = [];
  readonly faults = new Map<string, string>();
  readonly followed: string[] = [];

  load(record: ConsumedRecord): Effect {
    return JSON.parse(String(record.value)) as Effect;
  }

  async apply(em: EntityManager, messages: readonly Message<Effect>[]): Promise<void> {
    this.calls.push(new Set(messages.map(({ record }) => record.partition)));
    await em.query('INSERT INTO effects (id, part) SELECT * FROM unnest($1::text[], $2::int[])', [
      messages.map(({ value }) => value.id),
      messages.map(({ record }) => record.partition),
    ]);
    const faulty = messages.find(({ value }) => this.faults.has(value.id));
    if (faulty === undefined) return;
    const code = this.faults.get(faulty.value.id);
    await em.query(`DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '${code}'; END $$`);
  }

  async afterCommit(messages: readonly Message<Effect>[]): Promise<void> {
    this.followed.push(...messages.map(({ value }) => value.id));
  }
}

const ids = Array.from({ length: RECORDS }, (_, index) => `id-${index}`);
const without = (id: string) => ids.filter((one) => one !== id).sort();

let harness: WorkerHarness;
let handler: NotingHandler;
beforeEach(async () => {
  harness = await createHarness({ partitions: PARTITIONS });
  handler = new NotingHandler();
  await harness.database.primary.query('CREATE TABLE effects (id text PRIMARY KEY, part int NOT NULL)');
  await harness.produce(ids.map((id) => ({ key: id, value: { id } })));
}, 60_000);
afterEach(() => harness.close(), 60_000);

async function effects(): Promise<string[]> {
  const rows: { id: string }[] = await harness.database.primary.query('SELECT id FROM effects');
  return rows.map(({ id }) => id).sort();
}

test('batches of several partitions share a transaction, with the offsets of all of them', async () => {
  await harness.startWorker(handler);
  await finishedUpTo(harness, RECORDS);
  expect(await effects()).toEqual([...ids].sort());
  expect(Math.max(...handler.calls.map((partitions) => partitions.size))).toBeGreaterThan(1);
});

test('what fails a shared transaction is found in its own partition, and costs no other its effect', async () => {
  handler.faults.set('id-7', '22003');
  await harness.startWorker(handler);
  await finishedUpTo(harness, RECORDS);
  expect(await effects()).toEqual(without('id-7'));
  await until(() => harness.deadLetters.length > 0, { what: 'a dead letter' });
  expect(harness.deadLetters.map(({ key }) => String(key))).toEqual(['id-7']);
});

test('what follows a commit is done once for each record, whatever was run again', async () => {
  handler.faults.set('id-7', '22003');
  await harness.startWorker(handler);
  await finishedUpTo(harness, RECORDS);
  await until(() => handler.followed.length >= RECORDS - 1, { what: 'all commits to be followed up' });
  expect([...handler.followed].sort()).toEqual(without('id-7'));
});

test('a partition that waits for a dependency keeps no other waiting', async () => {
  handler.faults.set('id-7', '57P03');
  await harness.startWorker(handler);
  const others = async () => {
    const [row] = await harness.database.primary.query('SELECT count(DISTINCT part)::int AS n FROM effects');
    return row.n === PARTITIONS - 1;
  };
  await until(others, { what: 'the other partitions to be done' });
  expect(harness.deadLetters).toEqual([]);
  handler.faults.clear();
  await finishedUpTo(harness, RECORDS);
  expect(await effects()).toEqual([...ids].sort());
});
