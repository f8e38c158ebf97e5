import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { GatewayProvider } from '@payments/domain';
import { describeWebhook } from './describe-webhook.js';
import { fixtureNames, hasFixtures, readFixture, WITHOUT_FIXTURES } from './testing/fixtures.js';
import type { EffectName } from './webhook.js';

interface Expected {
  readonly eventType: string;
  readonly key: string;
  readonly objectIds: readonly string[];
  readonly effect: EffectName | undefined;
}

type Row = readonly [key: string, objectIds: readonly string[], effect?: EffectName];

const PI = 'pi_1IqxJOJDPojXS6LN9uOebAea';
const DISPUTED: Row = [
  'pi_1IqtG9JDPojXS6LNOGnYrIqq',
  ['dp_1MLuxQJDPojXS6LNrukJCBBG', 'pi_1IqtG9JDPojXS6LNOGnYrIqq', 'ch_1IqtGAJDPojXS6LNstgEfUji'],
  'dispute',
];
const REFUND: Row = [
  'pi_1GszsK2eZvKYlo2CfhZyoZLp',
  ['re_1Nispe2eZvKYlo2Cd31jOCgZ', 'pi_1GszsK2eZvKYlo2CfhZyoZLp', 'ch_1NirD82eZvKYlo2CIvbtLWuY'],
  'refund',
];

/** Read off the recorded bodies by hand. */
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
  'payment_intent.amount_capturable_updated': [PI, [PI], 'authorized'],
  'payment_intent.canceled': [PI, [PI], 'canceled'],
  'payment_intent.created': [PI, [PI]],
  'payment_intent.payment_failed': [PI, [PI], 'failed'],
  'payment_intent.processing': [PI, [PI], 'processing'],
  'payment_intent.requires_action': [PI, [PI], 'requires_action'],
  'payment_intent.succeeded': [PI, [PI], 'captured'],
  'price.created': ['evt_1J02UqJDPojXS6LNNADUKUy8', ['price_1J02UOJDPojXS6LNDao8fiaO']],
  'refund.created': REFUND,
  'refund.updated': REFUND,
};

const PAYPAL: Readonly<Record<string, Row>> = {
  'billing.subscription.created': ['WH-19973937YW279670F-02S63370HL636500Y', ['I-PE7JWXKGVN0R']],
  'customer.dispute.created': ['45V487086B989905H', ['PP-000-001-341-393', '45V487086B989905H'], 'dispute'],
  'customer.dispute.resolved': ['6C589962JJ4368547', ['PP-000-001-341-261', '6C589962JJ4368547'], 'dispute'],
  'payment.authorization.created': [
    'PAY-7PD36489JY0066936KREEERQ',
    ['29R443392M774720E', 'PAY-7PD36489JY0066936KREEERQ'],
    'authorized',
  ],
  'payment.capture.completed': [
    'PAY-3YE025760C441402AKTRY2PQ',
    ['42311647XV020574X', 'PAY-3YE025760C441402AKTRY2PQ'],
    'captured',
  ],
  'payment.capture.completed.v2': [
    '1AB234567A1234567',
    ['12A34567BC123456S', '1AB234567A1234567'],
    'captured',
  ],
  'payment.capture.denied': [
    'PAY-6AG64245W53716013KYKUWNI',
    ['1YH34677BD7819356', 'PAY-6AG64245W53716013KYKUWNI'],
    'failed',
  ],
  'payment.capture.pending': [
    'PAY-02U23179LV908860DKVISFGA',
    ['0C90432034385860N', 'PAY-02U23179LV908860DKVISFGA'],
    'processing',
  ],
  'payment.capture.refunded': [
    'PAY-7PD36489JY0066936KREEERQ',
    ['8VC964970N548345V', '5LK72275CG489890D', 'PAY-7PD36489JY0066936KREEERQ'],
    'refund',
  ],
};

const RAZORPAY: Readonly<Record<string, Row>> = {
  'payment.authorized': [
    'order_100000000order',
    ['pay_6koWN7bvxujzxM', 'order_100000000order'],
    'authorized',
  ],
};

const TABLES = { stripe: STRIPE, paypal: PAYPAL, razorpay: RAZORPAY } as const;

const suite = hasFixtures ? describe : describe.skip;

suite(`recorded webhooks${WITHOUT_FIXTURES}`, () => {
  for (const provider of ['stripe', 'paypal', 'razorpay'] as const) {
    for (const file of fixtureNames(provider)) {
      const name = file.replace(/\.json$/, '');

      test(`${provider} ${name}`, () => {
        const described = describeWebhook(provider, readFixture(`${provider}/${file}`));
        expect(described).toEqual({ ...expected(provider, name), eventTime: expect.any(Date) });
        expect(described.eventTime?.getUTCFullYear()).toBeGreaterThanOrEqual(2014);
        expect(described.eventTime?.getUTCFullYear()).toBeLessThan(2027);
      });
    }
  }

  test('Razorpay without an order or payment is keyed by its hash', () => {
    const body = Buffer.from('{"event":"settlement.processed"}');
    const key = createHash('sha256').update(body).digest('hex');
    expect(describeWebhook('razorpay', body).key).toBe(key);
  });
});

function expected(provider: GatewayProvider, name: string): Expected {
  const row = TABLES[provider][name];
  if (row === undefined) throw new Error(`say here what ${provider} ${name} should be read as`);
  const eventType = provider === 'paypal' ? name.replace('.v2', '').toUpperCase() : name;
  const [key, objectIds, effect] = row;
  return { eventType, key, objectIds, effect };
}
