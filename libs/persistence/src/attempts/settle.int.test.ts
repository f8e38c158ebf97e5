import { expect, test } from '@jest/globals';
import {
  ATTEMPT_POLICY,
  decideAfterCall,
  decideNothingFound,
  decideSend,
  type Ending,
  type Fact,
  type IntentId,
} from '@payments/domain';
import { AnswerNotBookedError, settle } from '../index.js';
import {
  awaitsConfirmation,
  CIRCUMSTANCES,
  checkout,
  inShort,
  type TestGateway,
  takeUpCommands,
  testGateway,
} from '../testing/attempts.js';
import { commandOn, createCommand } from '../testing/commands.js';
import { captured, refunded, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

const intentRow = async (intentId: IntentId) => {
  const [row] = await ledger.rows(
    `SELECT status, version::int, current_leg, last_error, (SELECT count(*)::int FROM gateway_requests request
       WHERE request.payment_intent_id = intent.id AND answered_at IS NULL) AS open
     FROM payment_intents intent WHERE intent_id = $1`,
    [intentId],
  );
  return row;
};

/** What others are told of it, in order. */
const told = (intentId: IntentId) =>
  ledger.rows(
    `SELECT version::int, payload->>'type' AS type FROM outbox
     WHERE key = $1 AND topic = 'payment.intent.events' ORDER BY id`,
    [intentId],
  );

const failedWith = (state: Exclude<Ending['state'], 'SUCCEEDED'>, code: string): Ending => {
  const error = { type: 'INVALID_REQUEST', code, message: 'as the gateway says' };
  return { state, error, isPointless: false, failOver: null };
};

/** The create is answered, the confirmation is next. */
async function opened(over: Parameters<typeof checkout>[0] = {}) {
  const create = checkout(over);
  await gateway.command(create);
  const provider = create.provider;
  const facts = [awaitsConfirmation('pi_1', provider)];
  await gateway.end(await gateway.send(await gateway.leaseOne(provider)), { facts });
  return create;
}

test("an answer's facts, the request and the attempt are written at once", async () => {
  const create = await opened();
  const confirm = await gateway.send(await gateway.leaseOne('stripe'));
  expect(await intentRow(create.intentId)).toMatchObject({
    status: 'REQUIRES_CONFIRMATION',
    version: 2,
    open: 1,
  });
  const settled = await gateway.end(confirm, { facts: [captured('pi_1', { parentId: 'pi_1' })] });
  expect(settled.outboxShards.size).toBe(1);
  expect(await intentRow(create.intentId)).toMatchObject({ status: 'SUCCEEDED', version: 3, open: 0 });
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    'create 1 SUCCEEDED',
    'confirm 1 SUCCEEDED',
  ]);
  expect(await told(create.intentId)).toEqual([
    { version: 1, type: 'created' },
    { version: 2, type: 'requires_confirmation' },
    { version: 3, type: 'captured' },
  ]);
});

test('a webhook that came before the answer, and knows only our own id, belongs to the payment', async () => {
  const create = checkout({ confirm: false });
  await gateway.command(create);
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  const fact = captured('pi_9', { parentId: 'pi_9' });
  await Promise.all([
    ledger.deliver([{ ...webhookOf('stripe:evt_1', [fact]), intentId: create.intentId }]),
    gateway.end(sent, { gatewayObjectId: 'pi_9', objectIds: ['pi_9'], facts: [awaitsConfirmation('pi_9')] }),
  ]);
  await ledger.settle();
  expect(await intentRow(create.intentId)).toMatchObject({ status: 'SUCCEEDED', open: 0 });
});

test('a refund keeps which one it is at the gateway, whatever else the answer tells of', async () => {
  const create = createCommand();
  await gateway.command(create);
  await gateway.end(await gateway.send(await gateway.leaseOne('stripe')), { facts: [captured('pi_1')] });
  await gateway.command(commandOn(create, 'refund', { amount: 100n }));
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  const amount = { amountMinor: 100n, currency: 'USD' };
  const { attemptId } = sent.attempt;
  await gateway.end(sent, {
    facts: [refunded('re_other', { amount }), refunded('re_1', { amount, attemptId })],
  });
  expect(await ledger.rows('SELECT operation, refund_id FROM gateway_attempts ORDER BY sequence')).toEqual([
    { operation: 'create', refund_id: null },
    { operation: 'refund', refund_id: 're_1' },
  ]);
});

test('a decline that its facts tell is told once', async () => {
  const create = await opened();
  const failure = { code: 'card_declined', message: 'not enough money' };
  const declined: Fact = {
    kind: 'failed',
    provider: 'stripe',
    objectId: 'pi_1',
    parentId: 'pi_1',
    relatedIds: [],
    failure,
    retryable: true,
    occurredAt: 1_764_000_001_000,
  };
  const confirm = await gateway.send(await gateway.leaseOne('stripe'));
  await gateway.end(confirm, { facts: [declined] }, failedWith('DECLINED', 'card_declined'));
  expect(await intentRow(create.intentId)).toMatchObject({
    status: 'REQUIRES_PAYMENT_METHOD',
    version: 3,
    open: 0,
    last_error: failure,
  });
  expect((await told(create.intentId)).at(-1)).toEqual({ version: 3, type: 'failed_retryable' });
});

test('a call that fails without facts is told: the status stays, the error says why', async () => {
  const create = await opened();
  const confirm = await gateway.send(await gateway.leaseOne('stripe'));
  await ledger.transaction((em) => settle(em, confirm, failedWith('FAILED', 'parameter_missing')));
  expect(await intentRow(create.intentId)).toMatchObject({
    status: 'REQUIRES_CONFIRMATION',
    version: 3,
    open: 0,
    last_error: { code: 'parameter_missing', message: 'as the gateway says' },
  });
  expect((await told(create.intentId)).at(-1)).toEqual({ version: 3, type: 'call_failed' });
  const [attempt] = (await gateway.attemptsOf(create.intentId)).slice(-1);
  expect(attempt).toMatchObject({
    state: 'FAILED',
    lastError: { type: 'INVALID_REQUEST', code: 'parameter_missing' },
  });
});

test('an answer that cannot be booked leaves everything as it was', async () => {
  const [first, second] = [await opened(), checkout({ confirm: false })];
  await ledger.rows(
    `UPDATE gateway_attempts SET due_at = now() + interval '1 hour' WHERE operation = 'confirm'`,
  );
  await gateway.command(second);
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  const end = gateway.end(sent, { gatewayObjectId: 'pi_1', facts: [awaitsConfirmation('pi_1')] });
  await expect(end).rejects.toThrow(AnswerNotBookedError);
  await expect(end).rejects.toThrow('belong to 2 payments');
  expect(inShort(await gateway.attemptsOf(second.intentId))).toEqual(['create 1 SENT']);
  expect(await intentRow(second.intentId)).toMatchObject({ status: 'CREATED', version: 1, open: 1 });
  expect(await intentRow(first.intentId)).toMatchObject({ status: 'REQUIRES_CONFIRMATION', version: 2 });
});

test('a creation that fails ends the intent, and what was to follow it', async () => {
  const create = checkout();
  await gateway.command(create, commandOn(create, 'cancel'));
  await ledger.rows(`DELETE FROM gateway_attempts WHERE operation = 'cancel'`);
  await ledger.rows(`UPDATE payment_intents SET status = 'CREATED' WHERE intent_id = $1`, [create.intentId]);
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  await ledger.transaction((em) => settle(em, sent, failedWith('FAILED', 'amount_too_small')));
  expect(await intentRow(create.intentId)).toMatchObject({
    status: 'FAILED',
    last_error: { code: 'amount_too_small' },
  });
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    'create 1 FAILED',
    'confirm 1 NOT_EXECUTED',
  ]);
  expect(await ledger.rows('SELECT operation FROM gateway_requests WHERE answered_at IS NULL')).toEqual([
    { operation: 'cancel' },
  ]);
  expect(await ledger.rows('SELECT live FROM payment_intent_keys')).toEqual([{ live: false }]);
  expect((await told(create.intentId)).at(-1)).toMatchObject({ type: 'failed' });
});

test('a confirmation that came with the creation and is never made ends the intent; its object is canceled', async () => {
  const create = await opened({ notAfter: Date.now() + 3_600_000 });
  const leased = await gateway.leaseOne('stripe');
  await ledger.rows(
    `UPDATE gateway_attempts SET not_after = now() - interval '1 s' WHERE operation = 'confirm'`,
  );
  const step = decideSend(await gateway.load(leased.lease), ATTEMPT_POLICY);
  if (step.kind !== 'end') throw new Error(step.kind);
  await ledger.transaction((em) => settle(em, leased, step.ending));
  expect(await intentRow(create.intentId)).toMatchObject({
    status: 'FAILED',
    last_error: { code: 'COMMAND_EXPIRED' },
    open: 1,
  });
  await takeUpCommands(ledger);
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    ...['create 1 SUCCEEDED', 'confirm 1 NOT_EXECUTED', 'cancel 1 PENDING'],
  ]);
  const cancel = await gateway.send(await gateway.leaseOne('stripe'));
  expect(cancel.subject.payment.intent.status).toBe('FAILED');
});

test('what became pointless ends in silence', async () => {
  const create = await opened();
  await gateway.command(commandOn(create, 'cancel'));
  const confirm = await gateway.leaseOne('stripe');
  const step = decideSend(await gateway.load(confirm.lease), ATTEMPT_POLICY);
  if (step.kind !== 'end') throw new Error(step.kind);
  await ledger.transaction((em) => settle(em, confirm, step.ending));
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    ...['create 1 SUCCEEDED', 'confirm 1 NOT_EXECUTED', 'cancel 1 PENDING'],
  ]);
  expect((await told(create.intentId)).map(({ type }) => type)).toEqual([
    ...['created', 'requires_confirmation', 'canceled'],
  ]);
  expect((await gateway.leaseOne('stripe')).attempt.operation).toBe('cancel');
});

test('what waits for its payer is due as soon as a webhook says that they approved', async () => {
  const create = await opened({ provider: 'paypal' });
  const leased = await gateway.leaseOne('paypal');
  await ledger.rows(`UPDATE payment_intents SET status = 'REQUIRES_ACTION'`);
  const step = decideSend(await gateway.load(leased.lease), ATTEMPT_POLICY);
  if (step.kind !== 'postpone') throw new Error(step.kind);
  await gateway.postpone(leased.lease, { ...step, dueAt: Date.now() + 3_600_000 });
  expect(await gateway.lease('paypal')).toEqual([]);
  const approved: Fact = {
    kind: 'approved',
    provider: 'paypal',
    objectId: 'pi_1',
    parentId: 'pi_1',
    relatedIds: [],
    occurredAt: 1_764_000_002_000,
  };
  await ledger.deliver([webhookOf('paypal:evt_1', [approved], 'paypal')]);
  const sent = await gateway.send(await gateway.leaseOne('paypal'));
  expect(sent.attempt).toMatchObject({ operation: 'confirm', intentId: create.intentId, heldSince: null });
});

test('what waits for its payer is due as soon as the payment is canceled', async () => {
  const create = await opened({ provider: 'paypal' });
  const leased = await gateway.leaseOne('paypal');
  await ledger.rows(`UPDATE payment_intents SET status = 'REQUIRES_ACTION'`);
  const step = decideSend(await gateway.load(leased.lease), ATTEMPT_POLICY);
  if (step.kind !== 'postpone') throw new Error(step.kind);
  await gateway.postpone(leased.lease, { ...step, dueAt: Date.now() + 3_600_000 });
  await gateway.command(commandOn(create, 'cancel'));
  expect((await gateway.leaseOne('paypal')).attempt.operation).toBe('confirm');
});

test('an unknown outcome keeps what it knows from try to try, and a new key starts afresh', async () => {
  await opened();
  const sent = await gateway.send(await gateway.leaseOne('stripe'));
  const failure = { code: 'timeout', message: 'no answer' };
  const outcome = { kind: 'failed', type: 'UNKNOWN_OUTCOME', failure, retryAfterMs: null } as const;
  const unknown = decideAfterCall(sent.subject, outcome, CIRCUMSTANCES);
  if (unknown.kind !== 'postpone') throw new Error(unknown.kind);
  await gateway.postpone(sent.lease, { ...unknown, dueAt: 0 });
  const second = await gateway.leaseOne('stripe');
  expect(second.attempt).toMatchObject({
    state: 'UNKNOWN',
    sends: 1,
    firstSentAt: sent.attempt.firstSentAt,
    lastError: { code: 'timeout' },
  });
  const resend = decideNothingFound(await gateway.load(second.lease), CIRCUMSTANCES);
  expect(resend).toMatchObject({
    kind: 'send',
    isResend: true,
    call: { idempotencyKey: sent.attempt.attemptId },
  });
  // Long after that the gateway knows nothing of it, twice.
  const longAgo = `now() - interval '1 hour'`;
  await ledger.rows(`UPDATE gateway_attempts SET resends = 1, first_sent_at = ${longAgo}, last_sent_at = ${longAgo},
    not_found_since = now() - interval '1 minute' WHERE state = 'UNKNOWN'`);
  const proved = decideNothingFound(await gateway.load(second.lease), CIRCUMSTANCES);
  if (proved.kind !== 'postpone') throw new Error(proved.kind);
  await gateway.postpone(second.lease, { ...proved, dueAt: 0 });
  expect((await gateway.leaseOne('stripe')).attempt).toMatchObject({
    state: 'PENDING',
    keyRound: 2,
    resends: 0,
    retries: 1,
    sends: 1,
    firstSentAt: null,
    lastSentAt: null,
    unknownSince: null,
    notFoundSince: null,
    targetId: null,
  });
});
