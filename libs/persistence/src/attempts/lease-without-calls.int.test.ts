import { expect, test } from '@jest/globals';
import type { GatewayOperation } from '@payments/domain';
import { createCommand } from '@payments/domain/testing';
import { insertAttempts, type NewAttempt } from '../index.js';
import { fallbackTo, someAttempts, type TestGateway, testGateway } from '../testing/attempts.js';
import type { TestLedger } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

const MINUTE = 60_000;
const leftAlone = { reviewAfterMs: 10 * MINUTE };

function one(said: Partial<NewAttempt> = {}): NewAttempt {
  const [attempt] = someAttempts(1);
  if (attempt === undefined) throw new Error('there is none');
  return { ...attempt, ...said };
}

/** @param columns what is set of its row, in SQL */
async function given(attempt: NewAttempt, columns = 'due_at = due_at'): Promise<NewAttempt> {
  await ledger.transaction((em) => insertAttempts(em, [attempt]));
  await ledger.rows(`UPDATE gateway_attempts SET ${columns} WHERE command_id = $1`, [attempt.commandId]);
  return attempt;
}

const unknownFor = (span: string) => `state = 'UNKNOWN', unknown_since = now() - interval '${span}'`;

test('while a gateway is not called, only attempts that need no call are leased', async () => {
  const elsewhere = createCommand({ fallbacks: [fallbackTo('paypal')] });
  await gateway.command(createCommand(), elsewhere);
  const taken = [
    elsewhere,
    await given(one({ notAfter: Date.now() - 1_000 })),
    await given(one(), unknownFor('11 min')),
    await given(one(), `state = 'SENT', last_sent_at = now() - interval '1 min'`),
  ];
  await given(one({ notAfter: Date.now() + MINUTE }));
  await given(one(), unknownFor('9 min'));
  await given(one(), `${unknownFor('11 min')}, needs_review_since = now()`);
  await given(one({ notAfter: Date.now() - 1_000, provider: 'paypal' }));
  await given(one({ notAfter: Date.now() - 1_000 }), `due_at = now() + interval '1 min'`);
  const leased = await gateway.lease('stripe', { leftAlone });
  expect(leased.map(({ attempt }) => attempt.commandId).toSorted()).toEqual(
    taken.map(({ commandId }) => commandId).toSorted(),
  );
  expect(await gateway.lease('stripe', { leftAlone })).toEqual([]);
});

test('the limit also holds for attempts that need no call', async () => {
  for (let count = 0; count < 3; count += 1) {
    await given(one({ notAfter: Date.now() - 1_000 }));
    await given(one(), unknownFor('11 min'));
  }
  expect(await gateway.lease('stripe', { limit: 4, leftAlone })).toHaveLength(4);
  expect(await gateway.lease('stripe', { limit: 4, leftAlone })).toHaveLength(2);
});

/** The operations of attempts that are leased behind a call without an answer. */
async function takenBehind(follower: NewAttempt, columns?: string): Promise<GatewayOperation[]> {
  const { paymentIntentId, intentId } = follower;
  await given(one({ paymentIntentId, intentId }), `${unknownFor('1 min')}, due_at = now() + interval '1 h'`);
  await given(follower, `due_at = now()${columns === undefined ? '' : `, ${columns}`}`);
  return (await gateway.lease('stripe')).map(({ attempt }) => attempt.operation);
}

test('an attempt past its notAfter does not wait for earlier ones', async () => {
  const late = one({ operation: 'refund', notAfter: Date.now() - 1_000 });
  expect(await takenBehind(late)).toEqual(['refund']);
});

test('the confirmation of a creation still waits for it', async () => {
  const late = one({ operation: 'confirm', notAfter: Date.now() - 1_000 });
  expect(await takenBehind(late, 'is_of_creation = true')).toEqual([]);
});

test('an attempt that waits behind another is due again at its notAfter', async () => {
  const soon = one({ operation: 'refund', notAfter: Date.now() + 20_000, askedAt: Date.now() - 60 * MINUTE });
  expect(await takenBehind(soon)).toEqual([]);
  expect(
    await ledger.rows(
      `SELECT due_at <= not_after AS in_time FROM gateway_attempts WHERE operation = 'refund'`,
    ),
  ).toEqual([{ in_time: true }]);
});
