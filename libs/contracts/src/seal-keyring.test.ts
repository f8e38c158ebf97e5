import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SealBrokenError, type SealContext, SealKeyring } from './seal-keyring.js';
import type { SealKey } from './seal-keys.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const MIDNIGHT = Date.UTC(2026, 6, 1);
const CONTEXT: SealContext = {
  webhookId: 'stripe:evt_1',
  provider: 'stripe',
  eventType: 'payment_intent.succeeded',
  source: 'gateway',
  receivedAt: MIDNIGHT + 12_345,
};
const BODY = Buffer.from('{"id":"evt_1"}');

function newKey(id: string): SealKey {
  return { id, key: randomBytes(32) };
}

test('a fingerprint tells contents apart, and needs the key', () => {
  const key = newKey('2026-07');
  const keyring = new SealKeyring([key]);
  expect(keyring.fingerprint(BODY)).toMatch(/^2026-07:[0-9a-f]{64}$/);
  expect(new SealKeyring([key, newKey('2026-06')]).fingerprint(BODY)).toBe(keyring.fingerprint(BODY));
  expect(keyring.fingerprint(Buffer.from('{}'))).not.toBe(keyring.fingerprint(BODY));
  expect(new SealKeyring([newKey('2026-07')]).fingerprint(BODY)).not.toBe(keyring.fingerprint(BODY));
});

describe('a sealed body', () => {
  const keyring = new SealKeyring([newKey('2026-07')]);

  test.each([
    ['a small one', BODY],
    ['an empty one', Buffer.alloc(0)],
    ['bytes that are no text', Buffer.from([0, 0xff, 0xfe, 0x80])],
    ['1 MiB', randomBytes(1024 * 1024)],
  ])('opens to what was sealed: %s', (_name, body) => {
    expect(keyring.open(CONTEXT, keyring.seal(CONTEXT, body)).equals(body)).toBe(true);
  });

  test('has the documented form', () => {
    const sealed = keyring.seal(CONTEXT, BODY);
    expect(sealed[0]).toBe(1);
    expect(sealed[1]).toBe(7);
    expect(sealed.toString('ascii', 2, 9)).toBe('2026-07');
    expect(sealed).toHaveLength(2 + 7 + 12 + BODY.length + 16);
    expect(sealed.includes(BODY)).toBe(false);
  });

  test('differs every time, also past the nonces that are drawn at once', () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 2_500; i += 1) {
      nonces.add(keyring.seal(CONTEXT, BODY).toString('hex', 9, 21));
    }
    expect(nonces.size).toBe(2_500);
  });

  test.each(Object.keys(CONTEXT) as (keyof SealContext)[])('does not open under another %s', (field) => {
    const sealed = keyring.seal(CONTEXT, BODY);
    const value = CONTEXT[field];
    const other = { ...CONTEXT, [field]: typeof value === 'number' ? value + 1 : `${value}x` };
    expect(() => keyring.open(other, sealed)).toThrow(SealBrokenError);
  });

  test('does not open when text moved from one field to its neighbour', () => {
    const sealed = keyring.seal({ ...CONTEXT, provider: 'ab', eventType: 'c' }, BODY);
    expect(() => keyring.open({ ...CONTEXT, provider: 'a', eventType: 'bc' }, sealed)).toThrow(
      SealBrokenError,
    );
  });

  test('does not open with any one bit of it turned over', () => {
    const sealed = keyring.seal(CONTEXT, BODY);
    for (let at = 0; at < sealed.length; at += 1) {
      const turned = Buffer.from(sealed);
      turned.writeUInt8(turned.readUInt8(at) ^ 1, at);
      // An altered key id may name another key.
      const message = at >= 1 && at < 9 ? /names no key|sealed under key/ : /sealed body/;
      expect(() => keyring.open(CONTEXT, turned)).toThrow(message);
    }
  });

  test('does not open when it is cut short anywhere, or has more at its end', () => {
    const sealed = keyring.seal(CONTEXT, BODY);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => keyring.open(CONTEXT, sealed.subarray(0, length))).toThrow(SealBrokenError);
    }
    expect(() => keyring.open(CONTEXT, Buffer.concat([sealed, Buffer.alloc(1)]))).toThrow(SealBrokenError);
  });

  test.each([Number.NaN, -1, 1.5, 2 ** 60, Number.POSITIVE_INFINITY])(
    'is not made for receivedAt %p, and does not open for it',
    (receivedAt) => {
      expect(() => keyring.seal({ ...CONTEXT, receivedAt }, BODY)).toThrow(RangeError);
      const sealed = keyring.seal(CONTEXT, BODY);
      expect(() => keyring.open({ ...CONTEXT, receivedAt }, sealed)).toThrow(SealBrokenError);
    },
  );
});

describe('keys', () => {
  test('differ from day to day: a day begins at midnight UTC', () => {
    const key = newKey('a');
    const keyring = new SealKeyring([key]);
    for (const receivedAt of [MIDNIGHT - 1, MIDNIGHT, MIDNIGHT + DAY_MS - 1, MIDNIGHT + DAY_MS]) {
      const context = { ...CONTEXT, receivedAt };
      const sealed = keyring.seal(context, BODY);
      expect(new SealKeyring([key]).open(context, sealed)).toEqual(BODY);
    }
  });

  test('derived for more days than are kept still open', () => {
    const keyring = new SealKeyring([newKey('a')]);
    const contexts = Array.from({ length: 200 }, (_, day) => ({
      ...CONTEXT,
      receivedAt: MIDNIGHT + day * DAY_MS,
    }));
    const sealed = contexts.map((context) => keyring.seal(context, BODY));
    for (const [i, context] of contexts.entries()) {
      expect(keyring.open(context, sealed[i] as Buffer)).toEqual(BODY);
    }
  });

  test('rotate: the newest seals, an older one still opens, a removed one is named', () => {
    const [old, current] = [newKey('old'), newKey('new')];
    const before = new SealKeyring([old]).seal(CONTEXT, BODY);
    const rotated = new SealKeyring([current, old]);
    expect(rotated.open(CONTEXT, before)).toEqual(BODY);
    const after = rotated.seal(CONTEXT, BODY);
    expect(new SealKeyring([current]).open(CONTEXT, after)).toEqual(BODY);
    expect(() => new SealKeyring([current]).open(CONTEXT, before)).toThrow(
      expect.objectContaining({ name: 'SealKeyUnknownError', keyId: 'old' }),
    );
  });

  test('of the same id but other bytes do not open: that is forged', () => {
    const sealed = new SealKeyring([newKey('a')]).seal(CONTEXT, BODY);
    expect(() => new SealKeyring([newKey('a')]).open(CONTEXT, sealed)).toThrow(SealBrokenError);
  });

  test('are refused when there is none, two share an id, or one is malformed', () => {
    expect(() => new SealKeyring([])).toThrow(RangeError);
    expect(() => new SealKeyring([newKey('a'), newKey('a')])).toThrow('two sealing keys have the id a');
    expect(() => new SealKeyring([{ id: 'a', key: Buffer.alloc(31) }])).toThrow(RangeError);
    expect(() => new SealKeyring([newKey('not an id')])).toThrow(RangeError);
  });
});

const anyContext = fc.record({
  webhookId: fc.string({ unit: 'binary' }),
  provider: fc.string(),
  eventType: fc.string({ unit: 'grapheme' }),
  source: fc.string(),
  receivedAt: fc.integer({ min: 0, max: 8.64e15 }),
});

test('whatever is sealed opens under its own context and under no other', () => {
  const keyring = new SealKeyring([newKey('a'), newKey('b')]);
  fc.assert(
    fc.property(anyContext, anyContext, fc.uint8Array(), (context, other, bytes) => {
      const body = Buffer.from(bytes);
      const sealed = keyring.seal(context, body);
      expect(keyring.open(context, sealed).equals(body)).toBe(true);
      fc.pre(JSON.stringify(context) !== JSON.stringify(other));
      expect(() => keyring.open(other, sealed)).toThrow(SealBrokenError);
    }),
  );
});
