import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { containsCardNumber, redactCardNumbers } from './card-numbers.js';

/** Test numbers published by card networks and gateways, or constructed like them. */
const CARDS = {
  visa: '4242424242424242',
  'visa of 13 digits': '4222222222222',
  mastercard: '5555555555554444',
  'mastercard 2-series': '2223003122003222',
  'american express': '378282246310005',
  'diners club': '30569309025904',
  jcb: '3530111333300000',
  discover: '6011111111111117',
  unionpay: '6200000000000005',
  rupay: '6080000000000000',
  maestro: '6759649826438453',
};

describe.each(Object.entries(CARDS))('%s', (_issuer, number) => {
  const spaced = number.replace(/(.{4})(?=.)/g, '$1 ');
  const dashed = number.replace(/(.{4})(?=.)/g, '$1-');

  test.each([
    number,
    spaced,
    dashed,
    `paid with ${number}.`,
    `pan=${number}&x=1`,
    `{"number":"${spaced}"}`,
    `on 2026-11-23 ${number}`,
    `on 2026-11-23 ${spaced} at 10:15`,
    `pi_${number}_secret`,
    `${number}\n${dashed}`,
  ])('is found in %j', (text) => {
    expect(containsCardNumber(text)).toBe(true);
    expect(redactCardNumbers(text)).not.toContain(number.slice(4));
    expect(redactCardNumbers(text)).toContain('[card number]');
  });

  test('with one digit wrong is none', () => {
    const last = (Number(number.at(-1)) + 1) % 10;
    expect(containsCardNumber(number.slice(0, -1) + last)).toBe(false);
  });
});

test.each([
  ['milliseconds since the epoch', '1795469316571'],
  ['microseconds since the epoch', '1795469316571000'],
  ['nanoseconds since the epoch', '1795469316571000000'],
  ['a passing check digit without an issuer', '1234567890123452'],
  ['a UUID', '018f4e9a-7c3b-7d10-8a55-0242ac120002'],
  ['an id of MongoDB', '6b53d4460324489550c1bfb4'],
  ['a trace context', '00-33aabfdd94e71c50f3023bcabb47b006-4111111111111111-01'],
  ['a phone number', '+49 30 901820'],
  ['digits that are too many', '42424242424242424242424242424242'],
  ['an amount', '4242.42'],
  ['an ISO time', '2026-11-23T21:28:36.571Z'],
])('%s is no card number', (_name, text) => {
  expect(containsCardNumber(text)).toBe(false);
  expect(redactCardNumbers(text)).toBe(text);
});

test('text around card numbers stays as it was', () => {
  const text = `a ${CARDS.visa} b ${CARDS.jcb} c`;
  expect(redactCardNumbers(text)).toBe('a [card number] b [card number] c');
});

test('every timestamp of this century passes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 946_684_800_000, max: 3_000_000_000_000 }), (at) => {
      expect(containsCardNumber(String(at))).toBe(false);
    }),
  );
});

test('no UUID and no digest passes for a card number', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(digits, (some) => {
      // Few letters, so that long runs of digits are frequent.
      const hex = `${some.join('')}a${some.reverse().join('')}`;
      const uuid = [
        hex.slice(0, 8),
        hex.slice(8, 12),
        hex.slice(12, 16),
        hex.slice(16, 20),
        hex.slice(20, 32),
      ];
      expect(containsCardNumber(`id ${uuid.join('-')}.`)).toBe(false);
      expect(containsCardNumber(`sha256:${hex}`)).toBe(false);
    }),
    { numRuns: 10_000 },
  );
});

test('a card number beside a UUID is found', () => {
  const uuid = '018f4e9a-7c3b-7d10-8a55-024211120002';
  expect(redactCardNumbers(`${uuid} ${CARDS.visa}`)).toBe(`${uuid} [card number]`);
});

test('a megabyte of digits is looked through, in one piece and in groups', () => {
  expect(containsCardNumber('9'.repeat(1_000_000))).toBe(false);
  expect(containsCardNumber('9 '.repeat(500_000))).toBe(false);
});
