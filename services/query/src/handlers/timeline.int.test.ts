import { expect, test } from '@jest/globals';
import { uuidv7 } from '@payments/domain';
import { makeUnknownAttempt } from '@payments/persistence/testing';
import type { TestQuery } from '../testing/test-query.js';
import { useQuery } from '../testing/use-query.js';

let query: TestQuery;
useQuery((opened) => {
  query = opened;
});

test('a timeline tells what happened, page by page', async () => {
  const { intentId, id } = await query.create();
  const commandIds = [uuidv7(), uuidv7(), uuidv7()].toSorted();
  for (const commandId of commandIds) await insertCommand(commandId, intentId, id);
  const path = `/v1/payment-intents/${intentId}/timeline`;
  const first = await query.get(`${path}?limit=2`);
  expect(first.body.entries).toMatchObject([
    { kind: 'command', id: commandIds[0], type: 'capture', outcome: 'REJECTED', code: 'ALREADY_CAPTURED' },
    { kind: 'command', id: commandIds[1], at: '2026-01-02T03:04:05.000Z' },
  ]);
  const second = await query.get(`${path}?limit=2&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ entries: [{ id: commandIds[2] }], nextCursor: null });
});

test('a timeline tells each call to a gateway, and how far it has come', async () => {
  const created = await query.create();
  const attemptId = await makeUnknownAttempt(query.database, created);
  const { body } = await query.get(`/v1/payment-intents/${created.intentId}/timeline`);
  expect(body.entries).toMatchObject([
    {
      kind: 'gateway_attempt',
      id: attemptId,
      operation: 'confirm',
      state: 'UNKNOWN',
      leg: 1,
      sends: 1,
      gatewayProvider: 'stripe',
      errorCode: 'timeout',
      unknownSince: expect.any(String),
      needsReviewSince: expect.any(String),
    },
  ]);
});

test('a command is told with its outcome; before that it is not known, and may be asked for again', async () => {
  const { intentId, id } = await query.create();
  const commandId = uuidv7();
  const path = `/v1/commands/${commandId}`;
  const before = await query.get(path);
  expect(before).toMatchObject({ status: 404, type: 'application/problem+json' });
  expect(before.headers.get('retry-after')).toBe('1');
  await insertCommand(commandId, intentId, id);
  expect((await query.get(path)).body).toEqual({
    commandId,
    type: 'capture',
    intentId,
    outcome: 'REJECTED',
    code: 'ALREADY_CAPTURED',
    detail: 'It is captured.',
    intentVersion: 1,
    receivedAt: '2026-01-02T03:04:05.000Z',
    decidedAt: '2026-01-02T03:04:05.000Z',
    idReusedAt: null,
  });
  await query.database.primary.query('UPDATE commands SET id_reused_at = $2 WHERE command_id = $1', [
    commandId,
    new Date('2026-01-02T03:05:00Z'),
  ]);
  expect((await query.get(path)).body).toMatchObject({ idReusedAt: '2026-01-02T03:05:00.000Z' });
});

async function insertCommand(commandId: string, intentId: string, rowId: string): Promise<void> {
  await query.database.primary.query(
    `INSERT INTO commands (command_id, type, intent_id, payment_intent_id, sender, request_hash, outcome, code, detail,
       intent_version, received_at, decided_at)
     VALUES ($1, 'capture', $2, $3, 'tests', sha256('\\x00'), 'REJECTED', 'ALREADY_CAPTURED', 'It is captured.', 1, $4, $4)`,
    [commandId, intentId, rowId, new Date('2026-01-02T03:04:05Z')],
  );
}
