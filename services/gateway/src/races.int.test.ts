import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { asCommandId, asIntentRowId } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import { insertAttempts } from '@payments/persistence';
import { aCreation } from './testing/a-creation.js';
import { AnswerGate } from './testing/answer-gate.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
beforeEach(async () => {
  harness = await GatewayHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

async function gateToStripe(): Promise<AnswerGate> {
  const gate = await AnswerGate.open(harness.urls.stripe);
  harness.onClose(() => gate.close());
  harness.startWorker('stripe', {
    urls: { ...harness.urls, stripe: gate.url },
    config: { timeoutMs: 20_000 },
  });
  return gate;
}

test('a hundred confirmations at once make one charge', async () => {
  for (let workers = 0; workers < 3; workers += 1) harness.startWorker('stripe');
  const create = aCreation('stripe', { confirm: false });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_CONFIRMATION');
  const commands = Array.from({ length: 100 }, () =>
    commandOn(create, 'confirm', { paymentMethodToken: 'pm_card_visa' }),
  );
  await Promise.all(commands.map((command) => harness.command(command).catch(() => {})));
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  await harness.untilFinished(create.intentId);
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1, charged: 1999 });
});

test('a hundred confirmations that all came through make one charge', async () => {
  const create = aCreation('stripe', { confirm: false });
  await harness.command(create);
  const worker = harness.startWorker('stripe');
  await harness.untilStatus(create.intentId, 'REQUIRES_CONFIRMATION');
  const [row] = await harness.rows<{ id: string }>('SELECT id FROM payment_intents');
  await harness.database.transaction((em) =>
    insertAttempts(
      em,
      Array.from({ length: 100 }, () => ({
        commandId: asCommandId(randomUUID()),
        paymentIntentId: asIntentRowId(String(row?.id)),
        intentId: create.intentId,
        leg: 1,
        operation: 'confirm' as const,
        provider: 'stripe' as const,
        amount: null,
        askedAt: Date.now(),
        notAfter: null,
      })),
    ),
  );
  for (let workers = 0; workers < 2; workers += 1) harness.startWorker('stripe');
  worker.wake();
  const states = await harness.untilFinished(create.intentId);
  expect(states.filter((one) => one === '1 confirm SUCCEEDED')).toHaveLength(1);
  expect(states.filter((one) => one === '1 confirm NOT_EXECUTED ALREADY_CAPTURED')).toHaveLength(99);
  expect(harness.requests('payment_intents.confirm')).toBe(1);
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1 });
});

test('webhooks that come before the answers of their calls change nothing but who tells first', async () => {
  const gate = await gateToStripe();
  gate.hold('/v1/payment_intents');
  const create = aCreation('stripe');
  await harness.command(create);
  await until(() => gate.heldCount === 1, { what: 'the creation to be done' });
  await harness.untilStatus(create.intentId, 'REQUIRES_CONFIRMATION');
  gate.letGo();
  gate.hold('/confirm');
  await until(() => gate.heldCount === 2, { what: 'the confirmation to be done' });
  const told = await harness.untilStatus(create.intentId, 'SUCCEEDED');
  gate.letGo();
  expect(await harness.untilFinished(create.intentId)).toEqual(['1 create SUCCEEDED', '1 confirm SUCCEEDED']);
  expect((await harness.intent(create.intentId)).version).toBe(told.version);
  const transactions = await harness.rows(`SELECT type, status FROM payment_transactions`);
  expect(transactions).toEqual([{ type: 'PAYMENT', status: 'SUCCEEDED' }]);
});

test('money that a webhook told of settles a call whose answer was lost, without asking', async () => {
  const gate = await gateToStripe();
  gate.hold('/confirm');
  const create = aCreation('stripe');
  await harness.command(create);
  await until(() => gate.heldCount === 1, { what: 'the confirmation to be done' });
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  gate.lose();
  expect(await harness.untilFinished(create.intentId)).toEqual(['1 create SUCCEEDED', '1 confirm SUCCEEDED']);
  expect(harness.requests('payment_intents.retrieve')).toBe(0);
});
