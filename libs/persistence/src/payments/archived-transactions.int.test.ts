import { expect, test } from '@jest/globals';
import { captured, refunded, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
useLedger((opened) => {
  ledger = opened;
});

const TABLE = 'payment_transactions';

test('a payment with an archived transaction keeps its sums, and goes on once that is attached again', async () => {
  const { id } = await ledger.create({ gatewayObjectId: 'pi_1' });
  await ledger.deliver([webhookOf('stripe:c', [captured('pi_1')])]);
  const refund = webhookOf('stripe:r', [refunded('re_1', { relatedIds: ['pi_1'], parentId: 'pi_1' })]);

  const attach = await archiveTransactions();
  await ledger.deliver([refund]);
  const rows = await ledger.rows('SELECT status, error FROM payment_webhooks WHERE webhook_id = $1', [
    refund.webhookId,
  ]);
  expect(rows).toEqual([{ status: 'FAILED', error: expect.stringContaining('is archived') }]);
  expect(await ledger.rows('SELECT amount_captured FROM payment_intents')).toEqual([
    { amount_captured: '1999' },
  ]);

  await attach();
  await ledger.deliver([refund]);
  expect((await ledger.load(id)).payment.intent).toMatchObject({
    amountCaptured: 1999n,
    amountRefunded: 500n,
  });
});

/** Detaches the partition that has transactions. @returns a function that attaches it again */
async function archiveTransactions(): Promise<() => Promise<unknown>> {
  const [{ partition, bounds } = {}] = await ledger.rows(
    `SELECT DISTINCT class.oid::regclass::text AS partition, pg_get_expr(class.relpartbound, class.oid) AS bounds
     FROM ${TABLE} one JOIN pg_class class ON class.oid = one.tableoid`,
  );
  await ledger.rows(`ALTER TABLE ${TABLE} DETACH PARTITION ${partition}`);
  return () => ledger.rows(`ALTER TABLE ${TABLE} ATTACH PARTITION ${partition} ${bounds}`);
}
