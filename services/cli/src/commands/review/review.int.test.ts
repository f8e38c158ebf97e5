import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type AttemptId, gatewayIdempotencyKeyOf } from '@payments/domain';
import { type CreatedPayment, createPayment, type Database, readAttempt } from '@payments/persistence';
import { makeUnknownAttempt, type UnknownAttempt, useDatabase } from '@payments/persistence/testing';
import { runHere, runPayments } from '../../testing/run-payments.js';

let database: Database;
let databaseUrl: string;

useDatabase((opened, url) => {
  database = opened;
  databaseUrl = url;
});

test('ls is empty, then shows what waits for a person; --all what is still looked into too', async () => {
  expect(await payments('review', 'ls')).toMatchObject({ code: 0, out: 'Nothing waits for a person.\n' });
  const waiting = await unknown({}, await create('order-ls'));
  const early = await unknown({ needsReviewSince: null });
  const { out } = await payments('review', 'ls');
  const [head, line] = out.split('\n');
  expect(head?.split(/ {2,}/)).toEqual([
    'ATTEMPT',
    'GATEWAY',
    'OPERATION',
    'AMOUNT',
    'ORDER',
    'UNKNOWN FOR',
    'IN REVIEW FOR',
    'LAST ERROR',
    'VERDICT',
  ]);
  expect(line?.split(/ {2,}/)).toEqual([
    waiting,
    'stripe',
    'confirm',
    '19.99 USD',
    'order-ls',
    '2d 0h',
    '1d 0h',
    'timeout',
    '-',
  ]);
  expect(out).not.toContain(early);
  expect((await payments('review', 'ls', '--all')).out).toContain(early);
  expect((await here('review', 'ls', '--gateway', 'paypal')).out).toBe(
    'Nothing waits for a person at paypal.\n',
  );
  expect((await here('review', 'ls', '--gateway', 'paypal', '--all')).out).toBe(
    'No outcome is unknown at paypal.\n',
  );
  const limited = JSON.parse((await payments('review', 'ls', '--all', '--limit', '1', '--json')).out);
  expect(limited).toMatchObject({
    reviews: [{ state: 'UNKNOWN', currency: 'USD', intentAmount: 1999 }],
    isCut: true,
  });
});

test('show tells what was sent, by which key, for which payment', async () => {
  const attemptId = await unknown();
  const { code, out } = await payments('review', 'show', attemptId.toUpperCase());
  expect(code).toBe(0);
  const { commandId } = await stored(attemptId);
  expect(out).toContain(`idempotency key           ${gatewayIdempotencyKeyOf(commandId, 1, 'confirm', 1)}`);
  expect(out).toMatch(/^call +confirm at stripe, leg 1$/m);
  expect(out).toMatch(/^last error +UNKNOWN_OUTCOME timeout: no answer$/m);
  expect(out).toMatch(/^amount +19\.99 USD$/m);
});

test('resolve not-executed ends the attempt and tells the intent; show then tells who said so', async () => {
  const payment = await create();
  const attemptId = await unknown({}, payment);
  const args = ['not-executed', '--evidence', 'no such charge\nin the dashboard', '--by', 'ada'];
  const { code, out } = await payments('review', 'resolve', attemptId, ...args);
  expect(code).toBe(0);
  expect(out).toContain(`Attempt ${attemptId} is NOT_EXECUTED. The intent was told.`);
  expect((await stored(attemptId)).state).toBe('NOT_EXECUTED');
  const shown = JSON.parse((await payments('review', 'show', attemptId, '--json')).out);
  expect(shown).toMatchObject({
    attempt: { state: 'NOT_EXECUTED', verdict: { verdict: 'not-executed', by: 'ada' } },
    intent: { intentId: payment.intentId, lastError: { code: 'NOT_EXECUTED' } },
    acts: [{ by: 'ada', action: 'review.resolve', reason: 'no such charge\nin the dashboard' }],
  });
  const timeline = (await payments('intent', 'show', payment.intentId)).out;
  expect((await payments('review', 'show', attemptId)).out).toMatch(
    /^AT +BY +EVIDENCE\n\S+Z +ada +no such charge in the dashboard\n$/m,
  );
  expect(timeline).toMatch(/gateway_attempt +confirm at stripe leg 1, sent once NOT_EXECUTED its outcome/);
  const again = await payments('review', 'resolve', attemptId, ...args);
  expect(again).toMatchObject({ code: 4, out: '' });
  expect(again.err).toContain('is NOT_EXECUTED: only UNKNOWN ones are decided');
  const executed = await here('review', 'resolve', attemptId, 'executed', '--evidence', 'x');
  expect(executed).toMatchObject({ code: 4, err: again.err });
});

test('show keeps the error of the call apart from what came of a verdict on it', async () => {
  const attemptId = await unknown({ operation: 'refund', amount: 100n });
  const args = ['executed', '--evidence', 'dash', '--object', 're_bogus', '--by', 'ada'];
  await here('review', 'resolve', attemptId, ...args);
  expect((await here('review', 'show', attemptId)).out).toMatch(/^last inquiry +-\nverdict .*re_bogus$/m);
  await database.primary.query(
    `UPDATE gateway_attempts SET error_message = NULL, inquiry_error = $2 WHERE attempt_id = $1`,
    [attemptId, { type: 'REVIEW', code: 'VERDICT_NOT_SHOWN', message: 'nothing of it' }],
  );
  const { out } = await here('review', 'show', attemptId);
  expect(out).toMatch(
    /^last error +UNKNOWN_OUTCOME timeout\nlast inquiry +REVIEW VERDICT_NOT_SHOWN: nothing/m,
  );
  expect(out).toMatch(/^verdict +executed by ada, object re_bogus: not shown by the gateway$/m);
  const listed = (await here('review', 'ls')).out.split('\n').find((line) => line.startsWith(attemptId));
  expect(listed).toMatch(/ {2}timeout +executed by ada, object re_bogus: not shown by the gateway$/);
});

test('resolve executed keeps the object, for the worker to fetch', async () => {
  const attemptId = await unknown({ operation: 'refund', amount: 100n });
  const args = ['executed', '--evidence', 'seen as re_1', '--object', 're_1', '--json'];
  const { code, out } = await payments('review', 'resolve', attemptId, ...args);
  expect(code).toBe(0);
  expect(JSON.parse(out).attempt).toMatchObject({
    attemptId,
    state: 'UNKNOWN',
    amount: 100,
    verdict: { verdict: 'executed', objectId: 're_1' },
  });
});

describe('nothing is decided', () => {
  test.each([
    [['executed'], 2, "required option '--evidence <text>'"],
    [['executed', '--evidence', ''], 2, 'Say why'],
    [['perhaps', '--evidence', 'x'], 2, 'Allowed choices are executed, not-executed'],
    [['executed', '--evidence', 'x', '--object', 'a b'], 2, 'the id of an object at the gateway'],
    [
      ['executed', '--evidence', 'x'],
      4,
      "add --object <id>: the refund's object at the gateway is not known here",
    ],
  ])('by %j: exit code %d, %s', async (args, exitCode, message) => {
    const attemptId = await unknown({ operation: 'refund', amount: 100n });
    const { code, out, err } = await here('review', 'resolve', attemptId, ...args);
    expect({ code, out }).toEqual({ code: exitCode, out: '' });
    expect(err).toContain(message);
    expect(await stored(attemptId)).toMatchObject({ state: 'UNKNOWN', verdict: null });
  });

  test('of what was sent a moment ago', async () => {
    const attemptId = await unknown({ sentAt: new Date(), needsReviewSince: null });
    const { code, err } = await here('review', 'resolve', attemptId, 'not-executed', '--evidence', 'x');
    expect(code).toBe(4);
    expect(err).toContain('sent less than 10 minutes ago');
  });

  test('of what is not there', async () => {
    const nobody = randomUUID();
    expect(await here('review', 'show', nobody)).toMatchObject({ code: 3, out: '' });
    expect(await here('review', 'resolve', nobody, 'executed', '--evidence', 'x')).toMatchObject({
      code: 3,
    });
    expect((await here('review', 'show', '42')).err).toContain('the id of an attempt, a UUID');
  });
});

function payments(...args: string[]) {
  return runPayments(args, { DATABASE_URL: databaseUrl });
}

function here(...args: string[]) {
  return runHere(args, { DATABASE_URL: databaseUrl });
}

async function unknown(over: Partial<UnknownAttempt> = {}, payment?: CreatedPayment): Promise<AttemptId> {
  return makeUnknownAttempt(database, payment ?? (await create()), over);
}

async function stored(attemptId: AttemptId) {
  const attempt = await readAttempt(database.primary, attemptId);
  if (attempt === undefined) throw new Error(`no attempt ${attemptId}`);
  return attempt;
}

async function create(orderId = `order-${randomUUID()}`): Promise<CreatedPayment> {
  const created = await database.transaction((em) =>
    createPayment(em, {
      orderId,
      customerId: 'cust-7',
      provider: 'stripe',
      gatewayObjectId: `pi_${randomUUID()}`,
      amount: { amountMinor: 1999n, currency: 'USD' },
    }),
  );
  if (created.outcome !== 'created') throw new Error(`not created: ${created.outcome}`);
  return created;
}
