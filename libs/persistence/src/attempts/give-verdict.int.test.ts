import { expect, test } from '@jest/globals';
import { attemptIdOf, decideFetched, decideLook } from '@payments/domain';
import { CIRCUMSTANCES_OF_ATTEMPTS } from '@payments/domain/testing';
import {
  countUnknownAttempts,
  type GivenVerdict,
  giveVerdict,
  type LeasedAttempt,
  LeaseLostError,
  VerdictRefusedError,
} from '../index.js';
import { awaitsConfirmation, checkout, inShort, type TestGateway, testGateway } from '../testing/attempts.js';
import { captured, type TestLedger } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

/** A call whose outcome is unknown, held by a worker; by default a confirmation. */
async function unknown(operation: 'create' | 'confirm' = 'confirm'): Promise<LeasedAttempt> {
  await gateway.command(checkout());
  const create = await gateway.send(await gateway.leaseOne('stripe'));
  if (operation === 'confirm') {
    await gateway.end(create, { facts: [awaitsConfirmation('pi_1')] });
    await gateway.send(await gateway.leaseOne('stripe'));
  }
  await ledger.rows(`UPDATE gateway_attempts SET due_at = now() WHERE state = 'SENT'`);
  return gateway.leaseOne('stripe');
}

const say = (leased: LeasedAttempt, said: Partial<GivenVerdict> = {}) =>
  ledger.transaction((em) =>
    giveVerdict(em, {
      attemptId: leased.attempt.attemptId,
      verdict: 'not-executed',
      objectId: null,
      by: 'ada',
      evidence: 'no such payment in the dashboard, 2026-11-26',
      ...said,
    }),
  );

test('not executed: the attempt ends, its request is closed, the intent gets an event, and a lease is lost', async () => {
  const held = await unknown();
  const settled = await say(held);
  expect(settled?.changes.at(-1)?.folded.events).toMatchObject([{ type: 'failed', status: 'FAILED' }]);
  const [create, confirm] = await gateway.attemptsOf(held.attempt.intentId);
  expect([create?.state, confirm?.state]).toEqual(['SUCCEEDED', 'NOT_EXECUTED']);
  expect(confirm).toMatchObject({
    verdict: { verdict: 'not-executed', by: 'ada', evidence: 'no such payment in the dashboard, 2026-11-26' },
    lastError: { type: 'REVIEW', code: 'NOT_EXECUTED' },
  });
  expect(confirm?.verdict?.at).toBeGreaterThan(1_764_000_000_000);
  await expect(gateway.load(held.lease)).rejects.toThrow(LeaseLostError);
});

test('executed: the attempt is due at once, and ends when the gateway confirms it', async () => {
  const held = await unknown();
  expect(await say(held, { verdict: 'executed', objectId: 'pi_1' })).toBeNull();
  const again = await gateway.leaseOne('stripe');
  const subject = await gateway.load(again.lease);
  expect(decideLook(subject)).toEqual({ kind: 'fetch', objectId: 'pi_1' });
  const facts = [captured('pi_1', { parentId: 'pi_1' })];
  const step = decideFetched(subject, { gatewayObjectId: 'pi_1', facts }, CIRCUMSTANCES_OF_ATTEMPTS);
  if (step.kind !== 'end') throw new Error(step.kind);
  await gateway.end(again, { facts }, step.ending);
  expect(inShort(await gateway.attemptsOf(held.attempt.intentId)).at(-1)).toBe('confirm 1 SUCCEEDED');
});

test.each([
  [
    'there is no attempt',
    { attemptId: attemptIdOf('00000000-0000-4000-8000-000000000000' as never, 1, 'create') },
  ],
  ["add --object <id>: the create's object at the gateway is not known here", { verdict: 'executed' }],
] as const)('refused: %s', async (reason, said) => {
  const held = await unknown('create');
  const refusal = say(held, said);
  await expect(refusal).rejects.toThrow(VerdictRefusedError);
  await expect(refusal).rejects.toThrow(reason);
});

test.each(['executed', 'not-executed'] as const)(
  'a verdict %s on an outcome that is not unknown is refused',
  async (verdict) => {
    const held = await unknown('create');
    await say(held);
    await expect(say(held, { verdict })).rejects.toThrow('is NOT_EXECUTED: only UNKNOWN ones are decided');
  },
);

test('unknown outcomes are counted by gateway, with the age of the oldest', async () => {
  await unknown('create');
  const second = await unknown('create');
  await ledger.rows(
    `UPDATE gateway_attempts SET unknown_since = now() - interval '25 hours', needs_review_since = now()
     WHERE attempt_id = $1`,
    [second.attempt.attemptId],
  );
  const [counted, ...others] = await countUnknownAttempts(ledger.database.primary);
  expect(others).toEqual([]);
  expect(counted).toMatchObject({ provider: 'stripe', count: 2, inReview: 1 });
  expect(counted?.ageMs).toBeGreaterThan(24 * 3_600_000);
});
