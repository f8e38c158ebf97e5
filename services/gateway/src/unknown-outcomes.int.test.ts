import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { GatewayProvider } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import type { FaultKind } from '@payments/simulator';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
beforeAll(async () => {
  // Absence only counts as proof once the gateway's search is up to date, as with the standard settings.
  harness = await GatewayHarness.create({ stripeSearchLagMs: 50 });
}, 60_000);
afterEach(() => harness.reset(), 60_000);
afterAll(() => harness.close(), 60_000);

/** Faults after which the outcome is unknown: executed or not, the response is missing or says nothing. */
const FAULTS = [
  'timeout_before',
  'timeout_after',
  'drop_reply',
  'reset',
  'server_error_before',
  'server_error_after',
  'unavailable',
] as const satisfies readonly FaultKind[];

/** Each gateway's names for authorizing, capturing and refunding. */
const CALLS = {
  stripe: ['payment_intents.create', 'payment_intents.confirm', 'payment_intents.capture', 'refunds.create'],
  paypal: ['orders.create', 'orders.authorize', 'authorizations.capture', 'captures.refund'],
  razorpay: ['orders.create', 'payments.capture', 'payments.refund'],
} as const satisfies Record<GatewayProvider, readonly string[]>;

const CASES = Object.entries(CALLS).flatMap(([provider, operations]) =>
  FAULTS.map((kind) => ({ provider: provider as GatewayProvider, kind, operations })),
);

test.each(CASES)(
  '$provider: $kind of each call of a payment resolves itself, and each is done once',
  async ({ provider, kind, operations }) => {
    for (const operation of operations) harness.fault({ provider, operation, kind, nth: 1 });
    // Where no time-out is intended, a busy machine must not cause one: it would count as unanswered, too.
    harness.startWorker(provider, { config: { timeoutMs: kind.startsWith('timeout') ? 300 : 2_000 } });
    const create = aCreation(provider, { captureMethod: 'manual', confirm: provider !== 'razorpay' });
    await harness.command(create);
    await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
    await harness.command(commandOn(create, 'capture'));
    await harness.untilStatus(create.intentId, 'SUCCEEDED');
    await harness.command(commandOn(create, 'refund', { amount: 700n }));
    const states = await harness.untilFinished(create.intentId);
    expect(states.filter((one) => !one.endsWith('SUCCEEDED'))).toEqual([]);
    await until(async () => (await harness.intent(create.intentId)).amountRefunded === 700n, {
      what: 'the refund to be counted',
    });
    const { objects, ...sums } = await harness.ledger(create.intentId);
    expect(sums).toMatchObject({ chargeCount: 1, refundCount: 1, charged: 1999, refunded: 700 });
    expect(objects).toHaveLength(1);
    expect(harness.simulator.faults.list().map(({ hits }) => hits)).toEqual(operations.map(() => 1));
  },
);
