import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { GatewayProvider } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import type { Database } from '@payments/persistence';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.create({ stripeSearchLagMs: 50 });
}, 60_000);
afterAll(() => harness.close(), 60_000);

const LOST = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

/**
 * Postgres with two COMMITs of seven failing with a lost reply, one rolled back and one executed; of leases, too, which
 * commit by themselves. An attempt comes back after fewer, and so does not lose the same one for ever.
 */
function losingCommits(database: Database): Database {
  const { primary, transaction } = database;
  let commits = 0;
  const isRolledBack = (nth: number): boolean => nth % 7 === 0;
  const unlessLost = <T>(nth: number, committed: T): T => {
    if (nth % 7 === 3) throw LOST;
    return committed;
  };
  const query = async (sql: string, parameters?: unknown[]): Promise<unknown> => {
    if (!sql.includes('WITH due AS')) return primary.query(sql, parameters);
    commits += 1;
    const nth = commits;
    return unlessLost(nth, await primary.query(sql, parameters));
  };
  return {
    ...database,
    primary: Object.create(primary, { query: { value: query } }),
    transaction: async (work, lastly) => {
      commits += 1;
      const nth = commits;
      const result = await transaction(async (em) => {
        const done = await work(em);
        if (isRolledBack(nth)) throw LOST;
        return done;
      }, lastly);
      return unlessLost(nth, result);
    },
  };
}

test.each(['stripe', 'paypal', 'razorpay'] as const satisfies readonly GatewayProvider[])(
  '%s: payments are charged and refunded once, whatever commits are lost on the way',
  async (provider) => {
    harness.startWorker(provider, {
      database: losingCommits(harness.database),
      config: { timeoutMs: 300 },
      // A committed mark without its call counts as a try; several may follow one another here.
      policy: { retriesMax: 100 },
    });
    const creations = Array.from({ length: 4 }, () =>
      aCreation(provider, { captureMethod: 'manual', confirm: provider !== 'razorpay' }),
    );
    await Promise.all(
      creations.map(async (create) => {
        await harness.command(create);
        await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
        await harness.command(commandOn(create, 'capture'));
        await harness.untilStatus(create.intentId, 'SUCCEEDED');
        await harness.command(commandOn(create, 'refund', { amount: 700n }));
        await harness.untilFinished(create.intentId);
        await until(async () => (await harness.intent(create.intentId)).amountRefunded === 700n, {
          what: 'the refund to be counted',
        });
        const { objects, ...sums } = await harness.ledger(create.intentId);
        expect(sums).toMatchObject({ chargeCount: 1, refundCount: 1, charged: 1999, refunded: 700 });
        // An order at PayPal whose id was lost cannot be found again: another one is opened, and the first moves no
        // money.
        expect(objects.filter(({ holds }) => holds.length > 0)).toHaveLength(1);
      }),
    );
  },
  120_000,
);
