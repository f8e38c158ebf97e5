import { describe, expect, test } from '@jest/globals';
import { signStripe, stripeWebhook } from '@payments/simulator';
import { outcomeOf, verified, withOneBitFlipped } from '../testing/outcome.js';
import { createStripeVerifier } from './verifier.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const SECRET = 'whsec_new';
const verifier = createStripeVerifier([SECRET, 'whsec_old']);
const { body, ids } = stripeWebhook({ type: 'payment_intent.succeeded', atMs: NOW });

function request(bytes: Buffer, header: string | string[] | undefined, receivedAt = NOW) {
  return {
    headers: header === undefined ? {} : { 'stripe-signature': header as string },
    body: bytes,
    receivedAt,
  };
}

function sign(bytes: Buffer, secret = SECRET, atMs = NOW): string {
  return signStripe(bytes, secret, atMs)['stripe-signature'] ?? '';
}

const v1Of = (header: string) => header.slice(header.indexOf('v1=') + 3);

describe('a Stripe webhook', () => {
  test('gets its id, key and time from its body', () => {
    expect(verified(verifier.verify(request(body, sign(body))))).toEqual({
      provider: 'stripe',
      webhookId: `stripe:${ids.eventId}`,
      eventType: 'payment_intent.succeeded',
      key: ids.paymentIntentId,
      eventTime: new Date(NOW),
    });
  });

  test('verifies with the old secret while it is rotated, and with no other', async () => {
    expect(await outcomeOf(verifier, request(body, sign(body, 'whsec_old')))).toBe('verified');
    expect(await outcomeOf(verifier, request(body, sign(body, 'whsec_older')))).toBe('unauthentic');
  });

  test('verifies if any of several v1 matches', async () => {
    const good = sign(body);
    const [t] = good.split(',');
    const bad = 'f'.repeat(64);
    for (const header of [
      `${t},v1=${bad},v1=${v1Of(good)}`,
      `${t},v1=${v1Of(good)},v1=${bad},v0=${bad}`,
      `v1=${v1Of(good)},${t}`,
    ]) {
      expect(await outcomeOf(verifier, request(body, header))).toBe('verified');
    }
  });

  test.each([
    ['300 s old', -300, 'verified'],
    ['301 s old', -301, 'unauthentic'],
    ['300 s ahead', 300, 'verified'],
    ['301 s ahead', 301, 'unauthentic'],
    ['a year ahead', 365 * 86_400, 'unauthentic'],
  ] as const)('that is %s is %s', async (_, seconds, expected) => {
    const header = sign(body, SECRET, NOW + seconds * 1000);
    expect(await outcomeOf(verifier, request(body, header))).toBe(expected);
  });

  test.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is not one', 'bad_header'],
    ['has an empty v1', `t=${NOW / 1000},v1=`],
    ['has no v1', `t=${NOW / 1000}`],
    ['has no t', `v1=${v1Of(sign(body))}`],
    ['has an empty t', `t=,v1=${v1Of(sign(body))}`],
    ['has a t that is no number', `t=NaN,v1=${v1Of(sign(body))}`],
    ['has a negative t', `t=-1,v1=${v1Of(sign(body))}`],
    ['has two t', `t=1,${sign(body)}`],
    ['came twice', `${sign(body)}, ${sign(body)}`],
    ['is a list', [sign(body)]],
    [
      'is in capitals',
      sign(body)
        .replace(/[a-f]/g, (hex) => hex.toUpperCase())
        .replace('V1', 'v1'),
    ],
    ['is endless', `${sign(body)},v1=${'0'.repeat(8192)}`],
    ['is not ASCII', `t=${NOW / 1000},v1=${'é'.repeat(64)}`],
    ['has only v0', sign(body).replace('v1=', 'v0=')],
  ])('whose signature header %s is unauthentic', async (_, header) => {
    expect(await outcomeOf(verifier, request(body, header))).toBe('unauthentic');
  });

  test('changed in any one byte is unauthentic', async () => {
    const header = sign(body);
    for (const changed of withOneBitFlipped(body)) {
      expect(await outcomeOf(verifier, request(changed, header))).toBe('unauthentic');
    }
    for (const shorter of [body.subarray(1), body.subarray(0, -1), Buffer.concat([body, Buffer.from(' ')])]) {
      expect(await outcomeOf(verifier, request(shorter, header))).toBe('unauthentic');
    }
  });

  test('whose signature header is changed in any one character is unauthentic', async () => {
    for (const changed of withOneBitFlipped(Buffer.from(sign(body), 'latin1'))) {
      expect(await outcomeOf(verifier, request(body, changed.toString('latin1')))).toBe('unauthentic');
    }
  });

  test.each([
    ['empty', Buffer.alloc(0)],
    ['not JSON', Buffer.from('{"id":')],
    ['not UTF-8', Buffer.from('{"id":"evt_1","type":"a","note":"\xff"}', 'latin1')],
    ['after a byte order mark', Buffer.from('\ufeff{"id":"evt_1","type":"a"}')],
    ['a list', Buffer.from('[]')],
    ['null', Buffer.from('null')],
    ['without an id', Buffer.from('{"type":"payment_intent.succeeded"}')],
    ['without a type', Buffer.from('{"id":"evt_1"}')],
    ['of an id that is a number', Buffer.from('{"id":1,"type":"a"}')],
    ['of an endless id', Buffer.from(JSON.stringify({ id: 'e'.repeat(241), type: 'a' }))],
    ['of an id with a line break', Buffer.from(JSON.stringify({ id: 'evt\n1', type: 'a' }))],
    ['of a type that is not ASCII', Buffer.from(JSON.stringify({ id: 'evt_1', type: 'payment…' }))],
    [
      'of a key that is no id',
      Buffer.from(JSON.stringify({ id: 'evt_1', type: 'a', data: { object: { payment_intent: 'p i' } } })),
    ],
    ['a mebibyte of brackets', Buffer.alloc(1024 * 1024, '[')],
  ])('that is authentic but %s is unreadable', async (_, bytes) => {
    expect(await outcomeOf(verifier, request(bytes, sign(bytes)))).toBe('unreadable');
    expect(await outcomeOf(verifier, request(bytes, sign(bytes, 'whsec_forged')))).toBe('unauthentic');
  });

  test('of a mebibyte verifies', async () => {
    const huge = stripeWebhook({
      type: 'payment_intent.succeeded',
      metadata: { text: 'é'.repeat(512 * 1024 - 1024) },
    }).body;
    expect(huge.length).toBeGreaterThan(1_000_000);
    expect(await outcomeOf(verifier, request(huge, sign(huge)))).toBe('verified');
  });

  test('without a payment is keyed by its event id', () => {
    const other = stripeWebhook({ type: 'customer.updated' });
    expect(verified(verifier.verify(request(other.body, sign(other.body)))).key).toBe(other.ids.eventId);
  });

  test('without a readable time has none', () => {
    for (const created of [undefined, null, 'soon', -1, 1e300, 1e12]) {
      const bytes = Buffer.from(JSON.stringify({ id: 'evt_1', type: 'a', created }));
      expect(verified(verifier.verify(request(bytes, sign(bytes)))).eventTime).toBeNull();
    }
  });
});
