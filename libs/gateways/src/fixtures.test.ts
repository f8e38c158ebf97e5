import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Fact, GatewayProvider, Money } from '@payments/domain';
import { readWebhook } from './read-webhook.js';
import { fixtureNames, hasFixtures, NO_FIXTURES, readFixture } from './testing/fixtures.js';
import type { EffectName } from './webhook.js';

interface Expected {
  readonly eventType: string;
  readonly key: string;
  readonly objectIds: readonly string[];
  readonly effect: EffectName | undefined;
  readonly facts: readonly Fact[];
  readonly raisesMoney: boolean;
}

type Said = Fact extends infer One
  ? One extends Fact
    ? Omit<One, 'provider' | 'relatedIds' | 'parentId'>
    : never
  : never;

type Row = readonly [key: string, objectIds: readonly string[], effect?: EffectName, fact?: Said];

const usd = (amountMinor: bigint): Money => ({ amountMinor, currency: 'USD' });
const at = (time: string): number => Date.parse(time);

const PI = 'pi_1IqxJOJDPojXS6LN9uOebAea';
const DISPUTED: Row = [
  'pi_1IqtG9JDPojXS6LNOGnYrIqq',
  ['dp_1MLuxQJDPojXS6LNrukJCBBG', 'pi_1IqtG9JDPojXS6LNOGnYrIqq', 'ch_1IqtGAJDPojXS6LNstgEfUji'],
  'dispute',
  // In all three events its status is that of an inquiry that waits for us.
  {
    kind: 'dispute',
    state: 'opened',
    objectId: 'dp_1MLuxQJDPojXS6LNrukJCBBG',
    amount: usd(1000n),
    occurredAt: 1_619_701_111_000,
  },
];
const REFUND: Row = [
  'pi_1GszsK2eZvKYlo2CfhZyoZLp',
  ['re_1Nispe2eZvKYlo2Cd31jOCgZ', 'pi_1GszsK2eZvKYlo2CfhZyoZLp', 'ch_1NirD82eZvKYlo2CIvbtLWuY'],
  'refund',
  {
    kind: 'refund',
    state: 'succeeded',
    objectId: 're_1Nispe2eZvKYlo2Cd31jOCgZ',
    amount: usd(1000n),
    occurredAt: 1_642_649_111_000,
  },
];

/** All seven recorded intents are in this state, whatever the types of their events. */
const WAITS: Said = { kind: 'requires_payment_method', objectId: PI, occurredAt: 1_619_697_430_000 };
const DECLINED: Said = {
  ...WAITS,
  kind: 'failed',
  retryable: true,
  failure: { code: 'payment_failed', message: null },
};

/** Read from the recorded bodies by hand. */
const STRIPE: Readonly<Record<string, Row>> = {
  'charge.captured': [
    'pi_3KtoMeJDPojXS6LN0XnGDnI3',
    ['ch_3KtoMeJDPojXS6LN0igeffJ6', 'pi_3KtoMeJDPojXS6LN0XnGDnI3'],
  ],
  'charge.succeeded': [
    'pi_3KtQThJDPojXS6LN0H9EfsjV',
    ['ch_3KtQThJDPojXS6LN0YmgbxGj', 'pi_3KtQThJDPojXS6LN0H9EfsjV'],
  ],
  'charge.refunded': [
    'pi_3Kl36gJDPojXS6LN02fQVtKR',
    ['ch_3Kl36gJDPojXS6LN0DCM4A8l', 'pi_3Kl36gJDPojXS6LN02fQVtKR'],
    'refund_announced',
  ],
  'charge.dispute.closed': DISPUTED,
  'charge.dispute.created': DISPUTED,
  'charge.dispute.funds_withdrawn': DISPUTED,
  'customer.updated': ['evt_1IlZRsJDPojXS6LN2AbFmnR4', ['cus_IhGfebO16cMIGN']],
  'payment_intent.amount_capturable_updated': [PI, [PI], 'authorized', WAITS],
  'payment_intent.canceled': [PI, [PI], 'canceled', WAITS],
  'payment_intent.created': [PI, [PI], 'created', WAITS],
  'payment_intent.payment_failed': [PI, [PI], 'failed', DECLINED],
  'payment_intent.processing': [PI, [PI], 'processing', WAITS],
  'payment_intent.requires_action': [PI, [PI], 'requires_action', WAITS],
  'payment_intent.succeeded': [PI, [PI], 'captured', WAITS],
  'price.created': ['evt_1J02UqJDPojXS6LNNADUKUy8', ['price_1J02UOJDPojXS6LNDao8fiaO']],
  'refund.created': REFUND,
  'refund.updated': REFUND,
};

const PAYPAL: Readonly<Record<string, Row>> = {
  'billing.subscription.created': ['WH-19973937YW279670F-02S63370HL636500Y', ['I-PE7JWXKGVN0R']],
  'customer.dispute.created': [
    '45V487086B989905H',
    ['PP-000-001-341-393', '45V487086B989905H'],
    'dispute',
    {
      kind: 'dispute',
      state: 'opened',
      objectId: 'PP-000-001-341-393',
      amount: usd(1156n),
      occurredAt: at('2016-06-09T20:39:36Z'),
    },
  ],
  'customer.dispute.resolved': [
    '6C589962JJ4368547',
    ['PP-000-001-341-261', '6C589962JJ4368547'],
    'dispute',
    {
      kind: 'dispute',
      state: 'lost',
      objectId: 'PP-000-001-341-261',
      amount: usd(998n),
      occurredAt: at('2016-06-07T22:56:19Z'),
    },
  ],
  'payment.authorization.created': [
    'PAY-7PD36489JY0066936KREEERQ',
    ['29R443392M774720E', 'PAY-7PD36489JY0066936KREEERQ'],
    'authorized',
    {
      kind: 'authorized',
      objectId: '29R443392M774720E',
      amount: usd(48n),
      occurredAt: at('2014-10-22T23:48:28Z'),
    },
  ],
  'payment.capture.completed': [
    'PAY-3YE025760C441402AKTRY2PQ',
    ['42311647XV020574X', 'PAY-3YE025760C441402AKTRY2PQ'],
    'captured',
    {
      kind: 'captured',
      objectId: '42311647XV020574X',
      amount: usd(747n),
      occurredAt: at('2015-02-17T18:50:45Z'),
    },
  ],
  'payment.capture.completed.v2': [
    '1AB234567A1234567',
    ['12A34567BC123456S', '1AB234567A1234567'],
    'captured',
    {
      kind: 'captured',
      objectId: '12A34567BC123456S',
      amount: usd(3000n),
      occurredAt: at('2022-08-23T18:29:50Z'),
    },
  ],
  'payment.capture.denied': [
    'PAY-6AG64245W53716013KYKUWNI',
    ['1YH34677BD7819356', 'PAY-6AG64245W53716013KYKUWNI'],
    'failed',
    {
      kind: 'failed',
      objectId: '1YH34677BD7819356',
      retryable: false,
      failure: { code: 'DENIED', message: null },
      payment: { objectId: '1YH34677BD7819356', amount: { amountMinor: 50n, currency: 'EUR' } },
      occurredAt: at('2015-10-07T16:42:57Z'),
    },
  ],
  'payment.capture.pending': [
    'PAY-02U23179LV908860DKVISFGA',
    ['0C90432034385860N', 'PAY-02U23179LV908860DKVISFGA'],
    'processing',
    {
      kind: 'processing',
      objectId: '0C90432034385860N',
      payment: { objectId: '0C90432034385860N', amount: { amountMinor: 225n, currency: 'EUR' } },
      occurredAt: at('2015-05-11T21:44:46Z'),
    },
  ],
  'payment.capture.refunded': [
    'PAY-7PD36489JY0066936KREEERQ',
    ['8VC964970N548345V', '5LK72275CG489890D', 'PAY-7PD36489JY0066936KREEERQ'],
    'refund',
    {
      kind: 'refund',
      state: 'succeeded',
      objectId: '8VC964970N548345V',
      amount: usd(15n),
      occurredAt: at('2014-10-22T23:48:57Z'),
    },
  ],
};

const RAZORPAY: Readonly<Record<string, Row>> = {
  'payment.authorized': [
    'order_100000000order',
    ['pay_6koWN7bvxujzxM', 'order_100000000order'],
    'authorized',
    {
      kind: 'captured',
      objectId: 'pay_6koWN7bvxujzxM',
      amount: { amountMinor: 1_000_000n, currency: 'INR' },
      occurredAt: 1_400_826_760_000,
    },
  ],
};

const TABLES = { stripe: STRIPE, paypal: PAYPAL, razorpay: RAZORPAY } as const;

describe('recorded webhooks', () => {
  if (!hasFixtures) test.skip(NO_FIXTURES, () => {});

  for (const provider of ['stripe', 'paypal', 'razorpay'] as const) {
    for (const file of fixtureNames(provider)) {
      const name = file.replace(/\.json$/, '');

      test(`${provider} ${name}`, () => {
        const described = readWebhook(provider, readFixture(`${provider}/${file}`));
        expect(described).toEqual({
          ...expected(provider, name),
          eventTime: expect.any(Date),
          intentId: undefined,
        });
        expect(described.eventTime?.getUTCFullYear()).toBeGreaterThanOrEqual(2014);
        expect(described.eventTime?.getUTCFullYear()).toBeLessThan(2027);
      });
    }
  }

  test('Razorpay without an order or payment is keyed by its hash', () => {
    const body = Buffer.from('{"event":"settlement.processed"}');
    const key = createHash('sha256').update(body).digest('hex');
    expect(readWebhook('razorpay', body).key).toBe(key);
  });
});

function complete(provider: GatewayProvider, objectIds: readonly string[], said: Said): Fact {
  const relatedIds = objectIds.filter((id) => id !== said.objectId);
  // In each of these bodies beside its own id; a payment intent has no parent.
  const parentId = relatedIds[0] ?? said.objectId;
  return { provider, relatedIds, parentId, ...said } as Fact;
}

function expected(provider: GatewayProvider, name: string): Expected {
  const row = TABLES[provider][name];
  if (row === undefined) throw new Error(`say here what ${provider} ${name} should be read as`);
  const eventType = provider === 'paypal' ? name.replace('.v2', '').toUpperCase() : name;
  const [key, objectIds, effect, fact] = row;
  const facts = fact === undefined ? [] : [complete(provider, objectIds, fact)];
  const raisesMoney = fact?.kind === 'captured' || fact?.kind === 'authorized';
  return { eventType, key, objectIds, effect, facts, raisesMoney };
}
