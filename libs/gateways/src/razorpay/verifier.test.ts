import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { razorpayWebhook, signRazorpay } from '@payments/simulator';
import { outcomeOf, verified, withOneBitFlipped } from '../testing/outcome.js';
import { createRazorpayVerifier } from './verifier.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const verifier = createRazorpayVerifier(['new secret', 'old secret']);
const { body, ids } = razorpayWebhook({ type: 'payment.captured', atMs: NOW });

function request(bytes: Buffer, signature: string | undefined) {
  return {
    headers: signature === undefined ? {} : { 'x-razorpay-signature': signature },
    body: bytes,
    receivedAt: NOW,
  };
}

function sign(bytes: Buffer, secret = 'new secret'): string {
  return signRazorpay(bytes, secret)['x-razorpay-signature'] ?? '';
}

describe('a Razorpay webhook', () => {
  test('gets its id from the hash of its body, not from the header', () => {
    const signed = request(body, sign(body));
    const headers = { ...signed.headers, 'x-razorpay-event-id': 'swapped' };
    expect(verified(verifier.verify({ ...signed, headers }))).toEqual({
      provider: 'razorpay',
      webhookId: `razorpay:${createHash('sha256').update(body).digest('hex')}`,
      eventType: 'payment.captured',
      key: ids.orderId,
      eventTime: new Date(NOW),
    });
  });

  test('verifies with either secret while one is rotated', async () => {
    expect(await outcomeOf(verifier, request(body, sign(body, 'old secret')))).toBe('verified');
    expect(await outcomeOf(verifier, request(body, sign(body, 'no secret')))).toBe('unauthentic');
  });

  test.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is cut short', sign(body).slice(0, -1)],
    ['is too long', `${sign(body)}0`],
    ['came twice', `${sign(body)}, ${sign(body)}`],
    ['is in capitals', sign(body).toUpperCase()],
    ['is not ASCII', 'é'.repeat(64)],
    ['is base64', Buffer.from(sign(body), 'hex').toString('base64')],
  ])('whose signature %s is unauthentic', async (_, signature) => {
    expect(await outcomeOf(verifier, request(body, signature))).toBe('unauthentic');
  });

  test('changed in any one byte of body or signature is unauthentic', async () => {
    const signature = sign(body);
    for (const changed of withOneBitFlipped(body)) {
      expect(await outcomeOf(verifier, request(changed, signature))).toBe('unauthentic');
    }
    for (const changed of withOneBitFlipped(Buffer.from(signature))) {
      expect(await outcomeOf(verifier, request(body, changed.toString('latin1')))).toBe('unauthentic');
    }
  });

  test.each([
    ['empty', Buffer.alloc(0)],
    ['not JSON', Buffer.from('<html>')],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['without an event', Buffer.from('{"entity":"event"}')],
    ['a string', Buffer.from('"payment.captured"')],
  ])('that is authentic but %s is unreadable', async (_, bytes) => {
    expect(await outcomeOf(verifier, request(bytes, sign(bytes)))).toBe('unreadable');
    expect(await outcomeOf(verifier, request(bytes, undefined))).toBe('unauthentic');
  });

  test('without a payment is keyed by the hash of its body', () => {
    const bytes = Buffer.from('{"event":"payment.downtime.started","payload":{"payment.downtime":{}}}');
    const webhook = verified(verifier.verify(request(bytes, sign(bytes))));
    expect(webhook.webhookId).toBe(`razorpay:${webhook.key}`);
  });
});
