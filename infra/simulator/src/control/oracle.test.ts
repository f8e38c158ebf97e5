import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LedgerPayment } from '../ledger/ledger.js';
import { startTestSimulator, type TestSimulator } from '../testing/test-simulator.js';

let sim: TestSimulator;
beforeAll(async () => {
  sim = await startTestSimulator();
});
afterAll(() => sim.close());

const PAYMENTS = 60;
const TRIES_MAX = 50;

/** Sends the same again until it is answered. */
async function insist<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  let last: unknown;
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    try {
      return await send();
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function pay(intentId: string, withKeys: boolean): Promise<void> {
  const keyFor = (step: string) => (withKeys ? { idempotencyKey: `${intentId}-${step}` } : {});
  const parameters = { amount: 1999, currency: 'usd', metadata: { intentId } };
  const { id } = await insist(() => sim.stripe.paymentIntents.create(parameters, keyFor('create')));
  const method = { payment_method: 'pm_card_visa' };
  await insist(() => sim.stripe.paymentIntents.confirm(id, method, keyFor('confirm')));
  await insist(() => sim.stripe.refunds.create({ payment_intent: id, amount: 500 }, keyFor('refund')));
}

async function ledgerAfterTrouble(withKeys: boolean): Promise<LedgerPayment[]> {
  await sim.control('POST', '/reset', { seed: 11 });
  for (const kind of [
    'drop_reply',
    'reset',
    'timeout_after',
    'timeout_before',
    'rate_limit',
    'unavailable',
  ]) {
    await sim.control('POST', '/faults', { provider: 'stripe', kind, probability: 0.06, holdMs: 5 });
  }
  const intents = Array.from({ length: PAYMENTS }, (_, index) => `intent-${index}`);
  await Promise.all(
    intents.map((intentId) =>
      pay(intentId, withKeys).catch((error: unknown) => {
        if (withKeys) throw error;
      }),
    ),
  );
  const { body } = await sim.control('GET', '/ledger');
  return body.payments as unknown as LedgerPayment[];
}

test('a caller that keeps its keys charges and refunds each intent once, whatever is lost', async () => {
  const payments = await ledgerAfterTrouble(true);
  expect(payments).toHaveLength(PAYMENTS);
  for (const payment of payments) {
    expect(payment).toMatchObject({ chargeCount: 1, charged: 1999, refundCount: 1, refunded: 500 });
    expect(payment.objects).toHaveLength(1);
  }
  const { faults } = (await sim.control('GET', '/faults')).body as unknown as { faults: { hits: number }[] };
  expect(faults.every(({ hits }) => hits > 0)).toBe(true);
});

test('the ledger tells on a caller that does not', async () => {
  const payments = await ledgerAfterTrouble(false);
  expect(payments.some(({ objects, refundCount }) => objects.length > 1 || refundCount > 1)).toBe(true);
});
