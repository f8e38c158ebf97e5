import { expect, test } from '@jest/globals';
import {
  type AttemptCircumstances,
  type CreateCommand,
  decideAfterCall,
  type Ending,
} from '@payments/domain';
import { CIRCUMSTANCES_OF_ATTEMPTS, commandOn } from '@payments/domain/testing';
import { loadSubject, type Settled, settle } from '../index.js';
import {
  awaitsConfirmation,
  checkout,
  fallbackTo,
  inShort,
  type SentAttempt,
  type TestGateway,
  takeUpCommands,
  testGateway,
} from '../testing/attempts.js';
import { captured, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
let gateway: TestGateway;
useLedger((opened) => {
  ledger = opened;
  gateway = testGateway(opened);
});

const refused = {
  ...({ kind: 'failed', type: 'API_CONNECTION_ERROR', retryAfterMs: null } as const),
  failure: { code: 'connection_refused', message: 'nobody listens' },
};

/** The last try of a call found no connection. */
async function giveUp(
  sent: SentAttempt,
  circumstances: AttemptCircumstances = CIRCUMSTANCES_OF_ATTEMPTS,
): Promise<{ ending: Ending; settled: Settled }> {
  await ledger.rows('UPDATE gateway_attempts SET retries = 3 WHERE attempt_id = $1', [
    sent.attempt.attemptId,
  ]);
  return ledger.transaction(async (em) => {
    const step = decideAfterCall(await loadSubject(em, sent.lease), refused, circumstances);
    if (step.kind !== 'end') throw new Error(`it is tried again: ${step.kind}`);
    return { ending: step.ending, settled: await settle(em, sent, step.ending) };
  });
}

const sendNext = async (provider: 'stripe' | 'paypal' | 'razorpay') =>
  gateway.send(await gateway.leaseOne(provider));

const records = (intentId: string) =>
  ledger.rows(
    `SELECT topic, version::int, payload->>'type' AS type, payload->>'operation' AS operation,
       (payload->>'leg')::int AS leg, payload->>'commandId' AS command FROM outbox WHERE key = $1 ORDER BY id`,
    [intentId],
  );

const rowOf = async ({ intentId }: Pick<CreateCommand, 'intentId'>) =>
  (
    await ledger.rows(
      'SELECT status, current_leg, last_error, version::int FROM payment_intents WHERE intent_id = $1',
      [intentId],
    )
  )[0];

test('a creation that no gateway took goes to the next one, with its confirmation, in one transaction', async () => {
  const create = checkout({ fallbacks: [fallbackTo('paypal'), fallbackTo('razorpay')] });
  await gateway.command(create);
  const { ending, settled } = await giveUp(await sendNext('stripe'));
  expect(ending.failOver).toMatchObject({ gatewayProvider: 'paypal' });
  expect(settled.outboxShards.size).toBe(1);
  expect(await rowOf(create)).toEqual({
    status: 'CREATED',
    current_leg: 2,
    version: 2,
    last_error: { code: 'connection_refused', message: 'nobody listens' },
  });
  const command = create.commandId;
  const call = { topic: 'payment.gateway.commands.paypal', version: 2, type: null, leg: 2, command };
  expect((await records(create.intentId)).slice(-3)).toEqual([
    {
      ...call,
      topic: 'payment.intent.events',
      type: 'failed_over',
      operation: null,
      leg: null,
    },
    { ...call, operation: 'create' },
    { ...call, operation: 'confirm' },
  ]);
  expect(
    await ledger.rows(
      `SELECT leg, gateway_provider, payment_method_token, abandoned_at IS NOT NULL AS is_abandoned
       FROM intent_legs ORDER BY leg`,
    ),
  ).toEqual([
    { leg: 1, gateway_provider: 'stripe', payment_method_token: 'pm_1', is_abandoned: true },
    { leg: 2, gateway_provider: 'paypal', payment_method_token: 'token_paypal', is_abandoned: false },
  ]);
  expect(await ledger.rows('SELECT leg, operation FROM gateway_requests WHERE answered_at IS NULL')).toEqual([
    { leg: 2, operation: 'create' },
    { leg: 2, operation: 'confirm' },
  ]);
  await takeUpCommands(ledger);
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    'create 1 NOT_EXECUTED',
    'confirm 1 NOT_EXECUTED',
    'create 2 PENDING',
    'confirm 2 PENDING',
  ]);
  const next = await sendNext('paypal');
  expect(next.subject.terms.paymentMethodToken).toBe('token_paypal');
});

test('if a confirmation provably was not executed, its object is canceled', async () => {
  const create = checkout({ captureMethod: 'manual', fallbacks: [fallbackTo('paypal')] });
  await gateway.command(create);
  await gateway.end(await sendNext('stripe'), { facts: [awaitsConfirmation('pi_1')] });
  await giveUp(await sendNext('stripe'));
  await takeUpCommands(ledger);
  expect(inShort(await gateway.attemptsOf(create.intentId))).toEqual([
    'create 1 SUCCEEDED',
    'confirm 1 NOT_EXECUTED',
    // PayPal holds the money by another operation.
    'cancel 1 PENDING',
    'create 2 PENDING',
    'authorize 2 PENDING',
  ]);
  const cancel = await sendNext('stripe');
  expect(cancel.attempt).toMatchObject({ operation: 'cancel', leg: 1 });
});

test('the payment has no gateway object until the next gateway has opened one', async () => {
  const objectOf = async () => {
    const [row] = await ledger.rows('SELECT gateway_intent_id AS id FROM payment_intents');
    return row?.id;
  };
  await gateway.command(checkout({ fallbacks: [fallbackTo('paypal')] }));
  await gateway.end(await sendNext('stripe'), { facts: [awaitsConfirmation('pi_1')] });
  expect(await objectOf()).toBe('pi_1');
  await giveUp(await sendNext('stripe'));
  expect(await objectOf()).toBeNull();
  await takeUpCommands(ledger);
  const facts = [awaitsConfirmation('order_2', 'paypal')];
  await gateway.end(await sendNext('paypal'), { gatewayObjectId: 'order_2', facts });
  expect(await objectOf()).toBe('order_2');
});

test('late status facts of the abandoned leg change nothing, but its money counts', async () => {
  const create = checkout({ fallbacks: [fallbackTo('paypal')] });
  await gateway.command(create);
  await gateway.end(await sendNext('stripe'), { facts: [awaitsConfirmation('pi_1')] });
  await giveUp(await sendNext('stripe'));
  const late = { ...awaitsConfirmation('pi_1'), occurredAt: 1_764_000_009_000 };
  await ledger.deliver([webhookOf('stripe:evt_1', [late])]);
  expect(await rowOf(create)).toMatchObject({ status: 'CREATED', current_leg: 2, version: 3 });
  expect(await ledger.statuses()).toEqual({ 'stripe:evt_1': 'STALE' });
  await ledger.deliver([webhookOf('stripe:evt_2', [captured('pi_1', { parentId: 'pi_1' })])]);
  expect(await rowOf(create)).toMatchObject({ status: 'SUCCEEDED', current_leg: 1, version: 4 });
});

test.each(['before', 'after'] as const)(
  'money on the abandoned leg, reported %s the next one is opened, cancels the next one',
  async (when) => {
    const create = checkout({ fallbacks: [fallbackTo('paypal')], confirm: false });
    await gateway.command(create, commandOn(create, 'confirm'));
    await gateway.end(await sendNext('stripe'), { facts: [awaitsConfirmation('pi_1')] });
    await giveUp(await sendNext('stripe'));
    await takeUpCommands(ledger);
    await ledger.rows(`DELETE FROM gateway_attempts WHERE operation = 'cancel'`);
    const second = await sendNext('paypal');
    const capture = () =>
      ledger.deliver([webhookOf('stripe:evt_1', [captured('pi_1', { parentId: 'pi_1' })])]);
    if (when === 'before') await capture();
    const facts = [awaitsConfirmation('order_2', 'paypal')];
    await gateway.end(second, { gatewayObjectId: 'order_2', facts });
    if (when === 'after') await capture();
    expect(await rowOf(create)).toMatchObject({ status: 'SUCCEEDED', current_leg: 1 });
    await takeUpCommands(ledger);
    expect(inShort(await gateway.attemptsOf(create.intentId)).at(-1)).toBe('cancel 2 PENDING');
  },
);

test('a confirmation by a separate command fails over too, under its own command id', async () => {
  const create = checkout({ confirm: false, fallbacks: [fallbackTo('paypal')] });
  await gateway.command(create);
  const confirm = commandOn(create, 'confirm', {
    paymentMethodToken: 'pm_own',
    returnUrl: 'https://shop.example/own',
  });
  await gateway.command(confirm);
  await giveUp(await sendNext('stripe'));
  const asked = await ledger.rows(
    `SELECT command_id, operation, details FROM gateway_requests WHERE leg = 2 ORDER BY operation DESC`,
  );
  expect(asked).toEqual([
    { command_id: create.commandId, operation: 'create', details: {} },
    {
      command_id: confirm.commandId,
      operation: 'confirm',
      details: { returnUrl: 'https://shop.example/own' },
    },
  ]);
});

test('at Razorpay only an order is created, because the customer confirms', async () => {
  const create = checkout({ fallbacks: [fallbackTo('razorpay')] });
  await gateway.command(create);
  await giveUp(await sendNext('stripe'));
  await takeUpCommands(ledger);
  expect(inShort(await gateway.attemptsOf(create.intentId)).slice(2)).toEqual(['create 2 PENDING']);
});

test('each gateway is tried once, by priority; a disabled one is passed over; then the intent fails', async () => {
  const create = checkout({ fallbacks: [fallbackTo('paypal'), fallbackTo('razorpay')] });
  await gateway.command(create);
  const preferring = (paypal: object, razorpay: object): AttemptCircumstances => ({
    ...CIRCUMSTANCES_OF_ATTEMPTS,
    gateways: [
      { provider: 'paypal', enabled: true, priority: 100, ...paypal },
      { provider: 'razorpay', enabled: true, priority: 100, ...razorpay },
    ],
  });
  const first = await giveUp(await sendNext('stripe'), preferring({}, { priority: 50 }));
  expect(first.ending.failOver?.gatewayProvider).toBe('razorpay');
  await takeUpCommands(ledger);
  const second = await giveUp(await sendNext('razorpay'), preferring({ enabled: false }, {}));
  expect(second.ending.failOver).toBeNull();
  expect(await rowOf(create)).toMatchObject({ status: 'FAILED', current_leg: 2 });
  expect(
    await ledger.rows('SELECT count(*)::int AS n FROM gateway_requests WHERE answered_at IS NULL'),
  ).toEqual([{ n: 0 }]);
});

test('an intent that is canceled meanwhile does not fail over', async () => {
  const create = checkout({ fallbacks: [fallbackTo('paypal')] });
  await gateway.command(create);
  const sent = await sendNext('stripe');
  await gateway.command(commandOn(create, 'cancel'));
  const { ending } = await giveUp(sent);
  expect(ending).toMatchObject({ state: 'NOT_EXECUTED', failOver: null });
  expect(await rowOf(create)).toMatchObject({ status: 'CANCELED', current_leg: 1, version: 2 });
});
