import { beforeAll, describe, expect, test } from '@jest/globals';
import { paypalWebhook } from '@payments/simulator';
import { outcomeOf, verified, withOneBitFlipped } from '../testing/outcome.js';
import { HOST, PayPalDeliveries, WEBHOOK_ID } from '../testing/paypal-deliveries.js';
import type { WebhookVerifier } from '../webhook.js';
import { createPayPalVerifier, type PayPalVerifierOptions } from './verifier.js';

const DAY_MS = 24 * 60 * 60 * 1000;

let deliveries: PayPalDeliveries;
let verifier: WebhookVerifier;

function verifierWith(options: Partial<PayPalVerifierOptions> = {}): WebhookVerifier {
  return createPayPalVerifier({
    webhookIds: [WEBHOOK_ID],
    certHosts: [HOST],
    certCa: deliveries.chain.caPem,
    fetchCertificate: async () => Buffer.from(deliveries.chain.servedPem),
    ...options,
  });
}

beforeAll(async () => {
  deliveries = await PayPalDeliveries.create();
  verifier = verifierWith();
});

describe('a PayPal webhook', () => {
  test('gets its id, key and time from its body', async () => {
    const atMs = Date.now();
    const { body, ids } = paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED', atMs });
    expect(await verifier.verify(deliveries.request(body))).toEqual({
      provider: 'paypal',
      webhookId: `paypal:${ids.eventId}`,
      eventType: 'PAYMENT.CAPTURE.COMPLETED',
      key: ids.orderId,
      eventTime: new Date(atMs),
    });
  });

  test('is verified synchronously if its certificate is cached', async () => {
    await verifier.verify(deliveries.request());
    expect(verified(verifier.verify(deliveries.request())).provider).toBe('paypal');
  });

  test('verifies for any of several webhook ids, and for no other', async () => {
    const several = verifierWith({ webhookIds: ['NEW', WEBHOOK_ID] });
    expect(await outcomeOf(several, deliveries.request())).toBe('verified');
    expect(await outcomeOf(several, deliveries.request(undefined, { webhookId: 'NEW' }))).toBe('verified');
    expect(await outcomeOf(several, deliveries.request(undefined, { webhookId: 'OLD' }))).toBe('unauthentic');
  });

  test.each([
    ['just under four days old', -4 * DAY_MS + 1000, 'verified'],
    ['over four days old', -4 * DAY_MS - 1000, 'unauthentic'],
    ['under 300 s ahead', 299_000, 'verified'],
    ['over 300 s ahead', 301_000, 'unauthentic'],
  ] as const)('whose transmission is %s is %s', async (_, offsetMs, expected) => {
    const receivedAt = Date.now();
    const request = deliveries.request(undefined, { receivedAt, atMs: receivedAt + offsetMs });
    expect(await outcomeOf(verifier, request)).toBe(expected);
  });

  test.each([
    ['paypal-transmission-id', undefined],
    ['paypal-transmission-id', ''],
    ['paypal-transmission-id', 'a|b'],
    ['paypal-transmission-id', 'x'.repeat(129)],
    ['paypal-transmission-time', undefined],
    ['paypal-transmission-time', 'yesterday'],
    ['paypal-transmission-time', '2026-13-45T99:99:99Z'],
    ['paypal-transmission-time', String(Date.now())],
    ['paypal-transmission-sig', undefined],
    ['paypal-transmission-sig', ''],
    ['paypal-transmission-sig', 'AAAA'],
    ['paypal-transmission-sig', 'é'.repeat(344)],
    ['paypal-transmission-sig', Buffer.alloc(256).toString('base64')],
    ['paypal-transmission-sig', Buffer.alloc(257).toString('base64')],
    ['paypal-transmission-sig', Buffer.alloc(4096).toString('base64')],
    ['paypal-auth-algo', undefined],
    ['paypal-auth-algo', 'SHA1withRSA'],
    ['paypal-auth-algo', 'none'],
    ['paypal-cert-url', undefined],
    ['paypal-cert-url', 'http://certs.test:8091/v1/notifications/certs/CERT-1'],
    ['paypal-cert-url', 'https://evil.test/v1/notifications/certs/CERT-1'],
  ])('whose %s is %j is unauthentic', async (name, value) => {
    const request = deliveries.withHeader(deliveries.request(), name, value);
    expect(await outcomeOf(verifier, request)).toBe('unauthentic');
  });

  test('changed in any one byte of its body is unauthentic', async () => {
    const request = deliveries.request();
    for (const body of withOneBitFlipped(request.body)) {
      expect(await outcomeOf(verifier, { ...request, body })).toBe('unauthentic');
    }
  });

  test.each(['paypal-transmission-id', 'paypal-transmission-time', 'paypal-transmission-sig'])(
    'changed in any one character of %s is unauthentic',
    async (name) => {
      const request = deliveries.request();
      for (const changed of withOneBitFlipped(Buffer.from(String(request.headers[name])))) {
        const tampered = deliveries.withHeader(request, name, changed.toString('latin1'));
        expect(await outcomeOf(verifier, tampered)).toBe('unauthentic');
      }
    },
  );

  test.each([
    ['empty', Buffer.alloc(0)],
    ['not JSON', Buffer.from('paypal')],
    ['not UTF-8', Buffer.from([0x7b, 0xc3, 0x28, 0x7d])],
    ['without an id', Buffer.from('{"event_type":"PAYMENT.CAPTURE.COMPLETED"}')],
    ['without a type', Buffer.from('{"id":"WH-1"}')],
  ])('that is authentic but %s is unreadable', async (_, body) => {
    expect(await outcomeOf(verifier, deliveries.request(body))).toBe('unreadable');
  });

  test('with a repeated transmission id and the same body verifies: PayPal retries', async () => {
    const request = deliveries.request();
    expect(await outcomeOf(verifier, request)).toBe('verified');
    expect(await outcomeOf(verifier, request)).toBe('verified');
  });

  test('forged to the checksum of a genuine one is refused, once that was seen', async () => {
    const { body } = paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED', amount: 100 });
    const forged = withChecksumOf(
      body,
      paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED', amount: 999_999 }).body,
    );
    const request = deliveries.request(body);
    // Its signature is valid: only the transmission log detects it.
    expect(await outcomeOf(verifierWith(), { ...request, body: forged })).toBe('verified');
    expect(await outcomeOf(verifier, request)).toBe('verified');
    expect(await outcomeOf(verifier, { ...request, body: forged })).toBe('unauthentic');
    expect(await outcomeOf(verifier, request)).toBe('verified');
  });

  test('signed by another chain than ours is unauthentic', async () => {
    const stranger = await PayPalDeliveries.create();
    const trustingUs = verifierWith({ fetchCertificate: async () => Buffer.from(stranger.chain.servedPem) });
    expect(await outcomeOf(trustingUs, stranger.request())).toBe('unauthentic');
    // And another signer's signature with our certificate's URL.
    const claimed = { ...stranger.request(), headers: { ...stranger.request().headers } };
    const request = deliveries.withHeader(claimed, 'paypal-cert-url', deliveries.certificateUrl);
    expect(await outcomeOf(verifier, request)).toBe('unauthentic');
  });

  test('whose certificate cannot be fetched is unavailable', async () => {
    const cut = verifierWith({ fetchCertificate: () => Promise.reject(new Error('ECONNREFUSED')) });
    expect(await outcomeOf(cut, deliveries.request())).toBe('unavailable');
  });

  test('stops verifying when its cached certificate expires', async () => {
    let now = Date.now();
    const aging = verifierWith({ clock: () => now });
    expect(await outcomeOf(aging, deliveries.request())).toBe('verified');
    now += 400 * DAY_MS;
    expect(await outcomeOf(aging, deliveries.request())).toBe('unauthentic');
  });
});

/** `body` with one more member, whose text makes the CRC32 of the whole equal to that of `target`. */
function withChecksumOf(target: Buffer, body: Buffer): Buffer {
  const table = Array.from({ length: 256 }, (_, n) => {
    let value = n;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });
  const entry = (n: number) => table[n] ?? 0;
  const crcOf = (bytes: Buffer) =>
    bytes.reduce((crc, byte) => entry((crc ^ byte) & 0xff) ^ (crc >>> 8), -1) >>> 0;
  // The last member of the JSON is free: `…,"x":"____"}`, solved for the target's CRC.
  const head = Buffer.concat([body.subarray(0, -1), Buffer.from(',"x":"')]);
  const tail = Buffer.from('"}');
  const wanted = [...tail].reverse().reduce((crc, byte) => backwards(crc, byte), crcOf(target));
  for (let salt = 0; ; salt++) {
    const start = Buffer.concat([head, Buffer.from(salt.toString(36))]);
    const patch = fourBytes(crcOf(start), wanted);
    const forged = Buffer.concat([start, patch, tail]);
    if (patch.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c)) return forged;
  }

  function backwards(crc: number, byte: number): number {
    const index = table.findIndex((value) => value >>> 24 === crc >>> 24);
    return (((crc ^ entry(index)) << 8) | ((index ^ byte) & 0xff)) >>> 0;
  }

  function fourBytes(from: number, to: number): Buffer {
    const patch = Buffer.alloc(4);
    patch.writeUInt32LE([0, 0, 0, 0].reduce((crc, byte) => backwards(crc, byte), to));
    for (let i = 0; i < 4; i++) patch[i] = (patch[i] ?? 0) ^ ((from >>> (8 * i)) & 0xff);
    return patch;
  }
}
