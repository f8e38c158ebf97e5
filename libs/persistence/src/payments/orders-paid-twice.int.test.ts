import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AlertCode, Fact, IntentRowId, PaymentIntentEvent } from '@payments/domain';
import type { Applied } from '../index.js';
import { captured, refunded, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
useLedger((opened) => {
  ledger = opened;
});

const canceled = (objectId: string): Fact => ({
  kind: 'canceled',
  provider: 'stripe',
  objectId,
  relatedIds: [],
  occurredAt: 1_764_000_000_000,
});

interface Allowing {
  readonly first?: boolean;
  readonly second?: boolean;
}

let ids: readonly [first: IntentRowId, second: IntentRowId];

/** The first intent of an order ends unpaid, which allows the second one. */
async function openOrder({ first = false, second = false }: Allowing = {}): Promise<void> {
  const orderId = 'order-twice';
  const one = await ledger.create({ orderId, gatewayObjectId: 'pi_first', allowAnother: first });
  await ledger.deliver([webhookOf('stripe:ended', [canceled('pi_first')])]);
  const other = { orderId, attempt: 2, gatewayObjectId: 'pi_second', allowAnother: second };
  ids = [one.id, (await ledger.create(other)).id];
}

const capture = (name: 'first' | 'second') => webhookOf(`stripe:${name}`, [captured(`pi_${name}`)]);

/** The alerts in the changes, by payment, as for log and metric. */
function alertsIn({ changes }: Applied): Partial<Record<IntentRowId, AlertCode[]>> {
  const alerting = changes.filter(({ folded }) => folded.alerts.length > 0);
  return Object.fromEntries(
    alerting.map(({ folded }) => [folded.payment.intent.id, folded.alerts.map(({ code }) => code)]),
  );
}

/** The alerts in published events. */
async function toldOf(id: IntentRowId): Promise<Pick<PaymentIntentEvent, 'type' | 'alerts'>[]> {
  const rows = await ledger.rows(
    'SELECT payload FROM outbox WHERE payment_intent_id = $1 AND topic = $2 ORDER BY version',
    [id, 'payment.intent.events'],
  );
  return rows.map(({ payload }) => {
    const { type, alerts } = payload as PaymentIntentEvent;
    return { type, alerts };
  });
}

const twice: AlertCode[] = ['ORDER_PAID_TWICE'];

describe('an order of which two intents are paid, neither allowing another', () => {
  beforeEach(() => openOrder());

  test('alerts with the late capture, if that comes last', async () => {
    expect(alertsIn(await ledger.deliver([capture('second')]))).toEqual({});
    expect(alertsIn(await ledger.deliver([capture('first')]))).toEqual({ [ids[0]]: twice });
    expect(await toldOf(ids[0])).toEqual([
      { type: 'canceled', alerts: [] },
      { type: 'late_success', alerts: twice },
    ]);
    expect(await toldOf(ids[1])).toEqual([{ type: 'captured', alerts: [] }]);
  });

  test('alerts with the other capture, if the late one came first', async () => {
    expect(alertsIn(await ledger.deliver([capture('first')]))).toEqual({});
    expect(alertsIn(await ledger.deliver([capture('second')]))).toEqual({ [ids[1]]: twice });
    expect(await toldOf(ids[1])).toEqual([{ type: 'captured', alerts: twice }]);
  });

  test('alerts once if both come in one batch', async () => {
    expect(alertsIn(await ledger.deliver([capture('first'), capture('second')]))).toEqual({
      [ids[0]]: twice,
    });
  });

  test('alerts once if both had ended and both come in one batch', async () => {
    await ledger.deliver([webhookOf('stripe:ended-too', [canceled('pi_second')])]);
    expect(alertsIn(await ledger.deliver([capture('second'), capture('first')]))).toEqual({
      [ids[1]]: twice,
    });
  });

  test('alerts once if both come in two concurrent transactions', async () => {
    const applied = await Promise.all([
      ledger.deliver([capture('first')], { beforeCommitMs: 20 }),
      ledger.deliver([capture('second')], { beforeCommitMs: 20 }),
    ]);
    expect(applied.flatMap((one) => Object.values(alertsIn(one)))).toEqual([twice]);
  });

  test('does not alert if the first payment was refunded in full before the other came', async () => {
    await ledger.deliver([capture('second')]);
    const back = refunded('re_1', {
      relatedIds: ['pi_second'],
      amount: { amountMinor: 1999n, currency: 'USD' },
    });
    await ledger.deliver([webhookOf('stripe:back', [back])]);
    expect(alertsIn(await ledger.deliver([capture('first')]))).toEqual({});
  });
});

describe.each<[string, Allowing]>([
  ['the first', { first: true }],
  ['the second', { second: true }],
])('if %s allows another', (_name, allowing) => {
  beforeEach(() => openOrder(allowing));

  test.each([
    ['the late capture last', ['second', 'first']],
    ['the late capture first', ['first', 'second']],
  ] as const)('nobody is alerted: %s', async (_order, names) => {
    for (const name of names) expect(alertsIn(await ledger.deliver([capture(name)]))).toEqual({});
  });
});

test('captures of different orders do not alert', async () => {
  await openOrder();
  await ledger.create({ orderId: 'order-other', gatewayObjectId: 'pi_other' });
  const other = webhookOf('stripe:other', [captured('pi_other')]);
  expect(alertsIn(await ledger.deliver([capture('first'), other]))).toEqual({});
});
