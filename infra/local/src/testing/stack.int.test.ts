import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '../parts/postgres.js';
import { type OwnStack, startOwnStack } from './own-stack.js';
import { sharedStack } from './shared-stack.js';
import { createTestDatabase } from './test-database.js';

test('the shared stack answers, and a test database is a copy of the template', async () => {
  const answer = await fetch(`${sharedStack().registryUrl}/subjects`);
  expect(Array.isArray(await answer.json())).toBe(true);
  const database = await createTestDatabase();
  const { rows } = await withClient(database.url, (client) =>
    client.query('SELECT current_database() AS name'),
  );
  expect(database.url.endsWith(String(rows[0].name))).toBe(true);
  await database.drop();
  await expect(withClient(database.url, (client) => client.query('SELECT 1'))).rejects.toThrow(
    /does not exist/,
  );
});

describe("a stack of the test's own", () => {
  let stack: OwnStack;

  beforeAll(async () => {
    stack = await startOwnStack({ parts: ['postgres', 'redis'], migrate: false });
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  test('Postgres killed and started again has its rows and its port', async () => {
    const url = stack.databaseUrl;
    await withClient(url, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'));
    await stack.postgres.kill();
    await expect(withClient(url, (client) => client.query('SELECT 1'))).rejects.toThrow();
    await stack.postgres.start();
    const { rows } = await withClient(url, (client) => client.query('SELECT answer FROM kept'));
    expect(rows).toEqual([{ answer: 42 }]);
  });

  test('a part that was not asked for is named', () => {
    expect(() => stack.kafka).toThrow(/no kafka/);
  });
});
