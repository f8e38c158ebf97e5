import { expect, test } from '@jest/globals';
import { captured, refunded, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
useLedger((opened) => {
  ledger = opened;
});

test('a refund that comes before its capture, in another month than its payment, counts once the capture is known', async () => {
  const lastMonth = new Date();
  lastMonth.setUTCMonth(lastMonth.getUTCMonth() - 1, 1);
  const { id } = await ledger.create({ gatewayObjectId: 'pi_old', createdAt: lastMonth });
  await ledger.deliver([webhookOf('stripe:r', [refunded('re_old', { relatedIds: ['pi_old'] })])]);
  expect((await ledger.load(id)).payment.intent.amountRefunded).toBe(0n);
  await ledger.deliver([webhookOf('stripe:c', [captured('pi_old')])]);
  expect((await ledger.load(id)).payment.intent).toMatchObject({
    amountCaptured: 1999n,
    amountRefunded: 500n,
  });
  const places = await ledger.rows(`SELECT tableoid::regclass::text AS place FROM payment_transactions
    UNION SELECT tableoid::regclass::text FROM payment_intents`);
  expect(places).toHaveLength(2);
});

test('a refund that fails after it succeeded updates its row, and keeps the time of its first final status', async () => {
  const { id } = await ledger.create({ gatewayObjectId: 'pi_m' });
  const times = { relatedIds: ['pi_m'] };
  await ledger.deliver([
    webhookOf('stripe:c', [captured('pi_m')]),
    webhookOf('stripe:r1', [refunded('re_m', times)]),
  ]);
  await ledger.deliver([
    webhookOf('stripe:r2', [
      refunded('re_m', {
        ...times,
        state: 'failed',
        occurredAt: 1_764_000_200_000,
        failure: { code: 'lost', message: 'x' },
      }),
    ]),
  ]);
  expect((await ledger.load(id)).payment.intent.amountRefunded).toBe(0n);
  const [row] =
    await ledger.rows(`SELECT status, failure_code, event_time, processed_at < updated_at AS earlier
    FROM payment_transactions WHERE type = 'REFUND'`);
  expect(row).toEqual({
    status: 'FAILED',
    failure_code: 'lost',
    event_time: new Date(1_764_000_200_000),
    earlier: true,
  });
});

test('what is loaded is what was decided, field by field', async () => {
  const { id } = await ledger.create({ gatewayObjectId: 'pi_all' });
  const applied = await ledger.deliver([
    webhookOf('stripe:1', [
      {
        kind: 'requires_action',
        provider: 'stripe',
        objectId: 'pi_all',
        relatedIds: [],
        occurredAt: 1_764_000_000_123,
        nextAction: { type: 'redirect_to_url', url: 'https://hooks.stripe.com/"quoted"\\back' },
      },
    ]),
    webhookOf('stripe:2', [
      {
        kind: 'failed',
        provider: 'stripe',
        objectId: 'pi_all',
        relatedIds: [],
        occurredAt: 1_764_000_001_000,
        retryable: true,
        failure: { code: 'card_declined', message: 'Nicht „gedeckt“' },
        payment: { objectId: 'ch_failed', amount: { amountMinor: 1999n, currency: 'USD' } },
      },
    ]),
    webhookOf('stripe:3', [refunded('re_all', { relatedIds: ['pi_all'], state: 'pending', reference: 'x' })]),
  ]);
  expect((await ledger.load(id)).payment).toEqual(applied.changes[0]?.folded.payment);
});
