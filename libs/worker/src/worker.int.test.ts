import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEAD_LETTER_HEADERS } from '@payments/contracts';
import { until } from '@payments/local/testing';
import { type ConsumedRecord, RegistryUnavailableError, UnknownSchemaIdError } from '@payments/messaging';
import type { EntityManager } from '@payments/persistence';
import { measured } from '@payments/runtime/testing';
import { type Handler, type Message, PoisonError } from './index.js';
import { createHarness, finishedUpTo, type WorkerHarness } from './testing/worker-harness.js';

interface Effect {
  readonly id: string;
  /** Zero violates the table's check constraint. */
  readonly n: number;
}

/** Writes one row per message, and fails where a test wants it to. */
class EffectHandler implements Handler<Effect> {
  /** Thrown when the record of this id is loaded. */
  readonly unread = new Map<string, Error>();
  readonly attempts = new Map<string, number>();
  /** Thrown, or a statement executed, instead of the effects of a batch that contains this id. */
  readonly faults = new Map<string, (attempt: number) => string | Error | undefined>();

  load(record: ConsumedRecord): Effect {
    const text = record.value?.toString('utf8') ?? '';
    let effect: Effect;
    try {
      effect = JSON.parse(text) as Effect;
    } catch (cause) {
      throw new PoisonError('NOT_JSON', 'the value is not JSON', { cause });
    }
    const fault = this.unread.get(effect.id);
    if (fault !== undefined) throw fault;
    return effect;
  }

  async apply(em: EntityManager, messages: readonly Message<Effect>[]): Promise<void> {
    for (const { value } of messages) {
      const attempt = (this.attempts.get(value.id) ?? 0) + 1;
      this.attempts.set(value.id, attempt);
      const fault = this.faults.get(value.id)?.(attempt);
      if (fault instanceof Error) throw fault;
      if (fault !== undefined) await em.query(fault);
    }
    await em.query(
      'INSERT INTO effects (id, n) SELECT * FROM unnest($1::text[], $2::int[]) ON CONFLICT DO NOTHING',
      [messages.map(({ value }) => value.id), messages.map(({ value }) => value.n)],
    );
  }
}

/** Keeps the refused records; fails to at first, as often as a test wants. */
class TellingHandler extends EffectHandler {
  failures: number;
  readonly #code: string;

  constructor(failures: number, code: string) {
    super();
    this.failures = failures;
    this.#code = code;
  }

  async refused(em: EntityManager, error: PoisonError): Promise<void> {
    await em.query('INSERT INTO effects (id, n) VALUES ($1, 1)', [error.code]);
    this.failures -= 1;
    if (this.failures >= 0) await em.query(raise(this.#code));
  }
}

const raise = (code: string): string =>
  `DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '${code}'; END $$`;
const record = (id: string, key = id, n = 1) => ({ key, value: { id, n } });
const many = (count: number) => Array.from({ length: count }, (_, index) => record(`id-${index}`));

let harness: WorkerHarness;
let handler: EffectHandler;
beforeEach(async () => {
  harness = await createHarness();
  handler = new EffectHandler();
  await harness.database.primary.query(
    'CREATE TABLE effects (seq bigserial, id text PRIMARY KEY, n int CONSTRAINT positive CHECK (n > 0))',
  );
}, 60_000);
afterEach(() => harness.close(), 60_000);

async function effects(): Promise<string[]> {
  const rows: { id: string }[] = await harness.database.primary.query('SELECT id FROM effects ORDER BY seq');
  return rows.map(({ id }) => id);
}

async function untilHalted(): Promise<void> {
  await until(async () => (await harness.health.readiness()).problems.worker?.includes('halted'), {
    what: 'the worker to halt',
    timeoutMs: 100_000,
  });
}

function headersOf(deadLetter: ConsumedRecord | undefined): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(DEAD_LETTER_HEADERS).map(([name, header]) => [
      name,
      deadLetter?.headers[header]?.toString('utf8'),
    ]),
  );
}

test('what is to be known of a refused record is committed, however often that fails, and then its dead letter is written', async () => {
  const telling = new TellingHandler(2, '40001');
  await harness.produce([{ key: 'k', value: 'not JSON' }, record('next', 'k')]);
  await harness.startWorker(telling);
  await until(() => harness.deadLetters.length > 0, { what: 'the dead letter' });
  expect(await effects()).toContain('NOT_JSON');
  await finishedUpTo(harness, 2);
  expect(await effects()).toEqual(['NOT_JSON', 'next']);
  expect(telling.failures).toBe(-1);
  expect(harness.deadLetters).toHaveLength(1);
}, 60_000);

test('what the database refuses to keep of a refused record keeps neither its dead letter nor its followers waiting', async () => {
  await harness.produce([{ key: 'k', value: 'not JSON' }, record('next', 'k')]);
  await harness.startWorker(new TellingHandler(Number.POSITIVE_INFINITY, '22P02'));
  await until(() => harness.deadLetters.length > 0, { what: 'the dead letter' });
  await finishedUpTo(harness, 2);
  expect(await effects()).toEqual(['next']);
}, 60_000);

describe('of a batch of 500', () => {
  test('one bad row is dead-lettered with its bytes and its reason, and the rest commits', async () => {
    const records = many(500);
    records[321] = record('bad', 'bad', 0);
    await harness.produce(records);
    await harness.startWorker(handler);
    await finishedUpTo(harness, 500);
    expect(new Set(await effects())).toEqual(
      new Set(records.map(({ value }) => value.id).filter((id) => id !== 'bad')),
    );
    await until(() => harness.deadLetters.length > 0, { what: 'a dead letter' });
    expect(harness.deadLetters).toHaveLength(1);
    const [deadLetter] = harness.deadLetters;
    expect(deadLetter?.key?.toString()).toBe('bad');
    expect(JSON.parse(String(deadLetter?.value))).toEqual({ id: 'bad', n: 0 });
    expect(headersOf(deadLetter)).toMatchObject({
      originalPartition: '0',
      originalOffset: '321',
      errorCode: '23514',
      attempts: '1',
      replayCount: '0',
    });
  });

  test('what cannot be read is dead-lettered at once, and the rest commits', async () => {
    const records = many(500).map((one, index) => (index % 100 === 7 ? { ...one, value: 'not JSON' } : one));
    await harness.produce(records);
    await harness.startWorker(handler);
    await finishedUpTo(harness, 500);
    await until(() => harness.deadLetters.length >= 5, { what: 'five dead letters' });
    expect(await effects()).toHaveLength(495);
    expect(harness.deadLetters.map((one) => headersOf(one).errorCode)).toEqual(Array(5).fill('NOT_JSON'));
  });
});

test('a batch that loses to another transaction runs again', async () => {
  handler.faults.set('id-1', (attempt) => (attempt < 4 ? raise('40P01') : undefined));
  await harness.produce(many(3));
  await harness.startWorker(handler);
  await finishedUpTo(harness, 3);
  expect(await effects()).toHaveLength(3);
  expect(handler.attempts.get('id-1')).toBe(4);
});

test('a dependency that is down is waited for, said in readiness, and dead-letters nothing', async () => {
  let down = true;
  handler.faults.set('id-1', () => (down ? raise('57P03') : undefined));
  await harness.produce(many(3));
  await harness.startWorker(handler);
  await until(async () => (await harness.health.readiness()).problems.worker?.includes('57P03'), {
    what: 'readiness to name the dependency',
  });
  await until(() => (handler.attempts.get('id-1') ?? 0) > 4, {
    what: 'more attempts than any other error gets',
  });
  down = false;
  await finishedUpTo(harness, 3);
  expect(await effects()).toHaveLength(3);
  expect(harness.deadLetters).toEqual([]);
  expect(await harness.health.readiness()).toEqual({ ok: true, problems: {} });
});

test('a record that fails for a passing reason holds back its key and nothing else', async () => {
  handler.faults.set('a-1', (attempt) => (attempt < 4 ? new Error('unforeseen') : undefined));
  await harness.produce([record('a-1', 'a'), record('a-2', 'a'), record('b-1', 'b'), record('b-2', 'b')]);
  await harness.startWorker(handler, 10);
  await finishedUpTo(harness, 4);
  expect(await effects()).toEqual(['b-1', 'b-2', 'a-1', 'a-2']);
  expect(harness.deadLetters).toEqual([]);
});

test('a record that keeps failing is given up, and its followers go on', async () => {
  handler.faults.set('a-1', () => new Error('unforeseen'));
  await harness.produce([record('a-1', 'a'), record('a-2', 'a'), record('b-1', 'b')]);
  await harness.startWorker(handler, 3);
  await finishedUpTo(harness, 3);
  expect(await effects()).toEqual(['b-1', 'a-2']);
  await until(() => harness.deadLetters.length > 0, { what: 'a dead letter' });
  expect(headersOf(harness.deadLetters[0])).toMatchObject({
    errorCode: 'PARK_EXHAUSTED',
    errorClass: 'Error',
    errorMessage: 'unforeseen',
    attempts: '3',
  });
});

test('when most records fail for unforeseen reasons the worker stops, and no dead letter is written', async () => {
  const records = many(300);
  for (const { value } of records) handler.faults.set(value.id, () => new Error('a bug of ours'));
  await harness.produce(records);
  await harness.startWorker(handler, 1);
  await untilHalted();
  expect(harness.deadLetters).toEqual([]);
  expect(await harness.savedOffset()).toBe(0);
}, 120_000);

test('when the database refuses most rows the worker stops, and no dead letter is written', async () => {
  await harness.produce(many(300).map(({ key, value }) => ({ key, value: { ...value, n: 0 } })));
  await harness.startWorker(handler);
  await untilHalted();
  expect(harness.deadLetters).toEqual([]);
  expect(await effects()).toEqual([]);
  // Isolating each of them takes eight or nine attempts; the last ones must not be isolated.
  expect(handler.attempts.get('id-299')).toBeLessThan(5);
}, 120_000);

test('what waits behind a bad row of its key goes on once that is dead-lettered', async () => {
  await harness.produce([record('a-1', 'a', 0), record('a-2', 'a'), record('a-3', 'a')]);
  await harness.startWorker(handler);
  await finishedUpTo(harness, 3);
  expect(await effects()).toEqual(['a-2', 'a-3']);
  await until(() => harness.deadLetters.length > 0, { what: 'a dead letter' });
  expect(headersOf(harness.deadLetters[0]).errorCode).toBe('23514');
});

test('what was in hand when a worker stopped is done by the next one, once', async () => {
  handler.faults.set('id-0', () => raise('57P03'));
  await harness.produce(many(50));
  const first = await harness.startWorker(handler);
  await until(() => (handler.attempts.get('id-0') ?? 0) > 1, { what: 'the first worker to have the batch' });
  await first.close();
  handler.faults.clear();
  await harness.startWorker(handler);
  await finishedUpTo(harness, 50);
  expect(new Set(await effects()).size).toBe(50);
});

test('a database that was restored from a backup is told at the next start', async () => {
  await harness.produce(many(50));
  const first = await harness.startWorker(handler);
  await finishedUpTo(harness, 50);
  await first.close();
  expect(await measured(harness.metrics, 'worker_records_lost', { topic: harness.topic })).toBe(0);
  await harness.database.primary.query('UPDATE consumer_offsets SET next_offset = 20 WHERE topic = $1', [
    harness.topic,
  ]);
  await harness.startWorker(handler);
  expect(await measured(harness.metrics, 'worker_records_lost', { topic: harness.topic })).toBe(30);
});

test('what precedes a record that cannot be read yet does not wait with it', async () => {
  handler.unread.set('b-1', new RegistryUnavailableError('the registry does not answer'));
  await harness.produce([record('a-1', 'a'), record('b-1', 'b'), record('a-2', 'a')]);
  await harness.startWorker(handler);
  await finishedUpTo(harness, 1);
  expect(await effects()).toEqual(['a-1']);
  handler.unread.clear();
  await finishedUpTo(harness, 3);
  expect(await effects()).toEqual(['a-1', 'b-1', 'a-2']);
});

test('a fresh record of a schema that the registry does not know yet is waited for', async () => {
  // Joining its group may take a worker longer than a record is fresh.
  await harness.produce(many(1));
  await harness.startWorker(handler);
  await finishedUpTo(harness, 1);
  handler.unread.set('a-1', new UnknownSchemaIdError('the registry has no schema 7'));
  await harness.produce([record('a-1', 'a'), record('a-2', 'a')]);
  const problem = async () => (await harness.health.readiness()).problems.worker;
  await until(async () => (await problem())?.includes('UNKNOWN_SCHEMA_ID'), { what: 'the worker to wait' });
  handler.unread.clear();
  await finishedUpTo(harness, 3);
  expect(await effects()).toEqual(['id-0', 'a-1', 'a-2']);
  expect(harness.deadLetters).toEqual([]);
});
