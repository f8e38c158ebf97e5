import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SealBrokenError, SealKeyUnknownError } from '@payments/contracts';
import { createTestDatabase, type TestDatabase } from '@payments/local/testing';
import {
  QueueFullError,
  RegistryUnavailableError,
  SchemaAheadError,
  SendDeadlineError,
  UndecodableError,
  UnknownSchemaIdError,
} from '@payments/messaging';
import { type Database, openDatabase, VersionConflictError } from '@payments/persistence';
import { CacheLateError, type DispositionKind, disposition, PoisonError } from './disposition.js';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, poolSize: 1, applicationName: 'disposition-test' });
}, 60_000);
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function errorOf(statement: string): Promise<unknown> {
  try {
    await database.transaction((em) => em.query(statement));
  } catch (error) {
    return error;
  }
  throw new Error(`nothing failed: ${statement}`);
}

const RAISED: readonly (readonly [string, DispositionKind])[] = [
  ['22001', 'row'],
  ['22003', 'row'],
  ['22021', 'row'],
  ['22P02', 'row'],
  ['23502', 'row'],
  ['23503', 'row'],
  ['23505', 'passing'],
  ['40001', 'conflict'],
  ['40P01', 'conflict'],
  ['0A000', 'conflict'],
  ['55P03', 'down'],
  ['26000', 'down'],
  ['08006', 'down'],
  ['25006', 'down'],
  ['53100', 'down'],
  ['53300', 'down'],
  ['57014', 'down'],
  ['57P01', 'down'],
  ['57P03', 'down'],
  ['25P03', 'down'],
  ['28P01', 'down'],
  ['3D000', 'down'],
  ['42501', 'down'],
  ['42P01', 'down'],
  ['58030', 'down'],
  ['XX000', 'down'],
  ['XX001', 'down'],
  ['54000', 'passing'],
  ['P0001', 'passing'],
];

test.each(RAISED)('SQLSTATE %s is %s', async (code, kind) => {
  const error = await errorOf(`DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '${code}'; END $$`);
  expect(disposition(error)).toMatchObject({ kind });
});

test('a check that a row breaks is the row, a row that no partition takes is ours', async () => {
  await database.primary.query('CREATE TABLE checked (n int CHECK (n > 0))');
  await database.primary.query('CREATE TABLE parted (n int) PARTITION BY RANGE (n)');
  expect(disposition(await errorOf('INSERT INTO checked VALUES (0)'))).toEqual({
    kind: 'row',
    code: '23514',
  });
  const homeless = disposition(await errorOf('INSERT INTO parted VALUES (0)'));
  expect(homeless).toEqual({ kind: 'partition-missing', code: '23514' });
});

test('a database that does not answer is down', async () => {
  const nowhere = openDatabase({
    url: 'postgres://nobody@127.0.0.1:1/none',
    poolSize: 1,
    applicationName: 'disposition-test',
  });
  const error = await nowhere.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(disposition(error).kind).toBe('down');
});

test.each([
  [new PoisonError('CARD_NUMBER', 'x'), 'message', 'CARD_NUMBER'],
  [new SealBrokenError('x'), 'message', 'FORGED'],
  [new UndecodableError('x'), 'message', 'UNDECODABLE'],
  [new UnknownSchemaIdError('x'), 'message', 'UNKNOWN_SCHEMA_ID'],
  [new SchemaAheadError('x'), 'down', 'SCHEMA_AHEAD'],
  [new SealKeyUnknownError('k9'), 'down', 'SEAL_KEY_UNKNOWN'],
  [new CacheLateError('x'), 'down', 'REDIS_LATE'],
  [new RegistryUnavailableError('x'), 'down', 'REGISTRY_UNAVAILABLE'],
  [new SendDeadlineError('x'), 'down', 'BROKER_UNAVAILABLE'],
  [new QueueFullError('x'), 'down', 'PRODUCER_QUEUE_FULL'],
  [new VersionConflictError('x'), 'conflict', 'VERSION_CONFLICT'],
  [new TypeError('a bug of ours'), 'passing', 'UNEXPECTED'],
  ['not even an error', 'passing', 'UNEXPECTED'],
  [undefined, 'passing', 'UNEXPECTED'],
])('%p is %s, code %s', (error, kind, code) => {
  expect(disposition(error)).toEqual({ kind, code });
});
