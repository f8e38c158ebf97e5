import { expect, test } from '@jest/globals';
import { createTestDatabase } from '@payments/local/testing';
import { awaitDatabase } from './await-database.js';
import { databaseErrorOf } from './database-error.js';

const POOL = { poolSize: 1, applicationName: 'test' };
const NOWHERE = 'postgres://a:b@127.0.0.1:1/c';

async function errorOf(waiting: Promise<unknown>) {
  return databaseErrorOf(await waiting.catch((error: unknown) => error));
}

test('a Postgres that does not answer is waited for, with one warning, until the signal aborts', async () => {
  const stopped = new AbortController();
  const said: string[] = [];
  const logger = {
    warn: (_details: object, message: string) => {
      said.push(message);
      stopped.abort();
    },
  };
  const waiting = awaitDatabase({ ...POOL, url: NOWHERE, logger }, stopped.signal);
  expect(await errorOf(waiting)).toMatchObject({ kind: 'unavailable', code: 'ECONNREFUSED' });
  expect(said).toEqual(['Postgres does not answer: waiting for it']);
});

test('a Postgres that refuses the connection is not waited for', async () => {
  const { url, drop } = await createTestDatabase();
  await drop();
  const waiting = awaitDatabase({ ...POOL, url }, new AbortController().signal);
  expect(await errorOf(waiting)).toMatchObject({ code: '3D000' });
});
