import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { SealKeyring } from '@payments/contracts';
import type { ConsumedRecord } from '@payments/worker';
import { cardTexts, holdsCardNumber, letterWithout, redactCommand } from './card-data.js';
import { CardDataError, receivedCommand } from './read-command.js';
import { aCommand, aCreation } from './testing/a-command.js';

const CARD = '4242424242424242';
const SPACED = '4242 4242 4242 4242';
const keyring = new SealKeyring([{ id: 'k', key: randomBytes(32) }]);

const record = (over: Partial<ConsumedRecord> = {}): ConsumedRecord => ({
  topic: 't',
  partition: 0,
  offset: '1',
  key: Buffer.from('key'),
  value: Buffer.from('value'),
  headers: {},
  timestamp: 0,
  ...over,
});

test.each([
  aCreation({ metadata: { note: `paid with ${SPACED}` } }),
  aCreation({ metadata: { [CARD]: 'x' } }),
  aCreation({ paymentMethodToken: CARD }),
  aCreation({ fallbacks: [{ gatewayProvider: 'stripe', paymentMethodToken: CARD }] }),
  aCreation({ orderId: CARD }),
  aCreation({ returnUrl: `https://shop.example/?card=${CARD}` }),
  aCreation({}, { sender: CARD }),
  aCreation({}, { type: CARD }),
  aCreation({}, { commandId: CARD }),
  aCommand(aCreation(), 'refund', { reason: SPACED }),
  aCommand(aCreation(), 'confirm', { gatewaySignature: CARD }),
])('a card number is found wherever it is: %#', (command) => {
  expect(cardTexts(command)).toHaveLength(1);
  // Eight digits: four of them are in a random id now and then.
  expect(JSON.stringify(redactCommand(command))).not.toMatch(/4242 ?4242/);
  expect(() => receivedCommand(command, record(), keyring)).toThrow(CardDataError);
});

test('ids, times and amounts of an ordinary command are no card numbers', () => {
  for (let round = 0; round < 500; round += 1) {
    expect(cardTexts(aCreation({ amount: 4_242_424_242_424_242, expiresAt: 1_795_469_316_571 }))).toEqual([]);
  }
});

test('the letter keeps the bytes but for the digits, and a keyed hash of what was there', () => {
  // The byte before the digits is a digit's code too: a length in Avro's encoding.
  const value = Buffer.from(`\x32${CARD} on Monday; 2${SPACED}`);
  const letter = letterWithout(record({ value }), [`${CARD} on Monday`, SPACED], keyring);
  expect(String(letter.value)).toBe(`\x32${'X'.repeat(16)} on Monday; 2${'X'.repeat(19)}`);
  expect(letter.headers).toEqual({ 'dlq.fingerprint': Buffer.from(keyring.fingerprint(value)) });
});

test('a text that is not in the bytes takes the value with it, and the letter says how long it was', () => {
  const letter = letterWithout(record(), [CARD], keyring);
  expect(letter.value).toBeNull();
  expect(letter.headers).toMatchObject({ 'dlq.value.bytes': Buffer.from('5') });
});

test('so do more card numbers than can be overwritten while others wait', () => {
  const texts = Array.from({ length: 101 }, (_, index) => `${CARD} ${index}`);
  const value = Buffer.from(texts.join('; '));
  const few = letterWithout(record({ value }), texts.slice(0, 100), keyring);
  expect(few.value?.toString()).toContain(`${'X'.repeat(16)} 99`);
  expect(letterWithout(record({ value }), texts, keyring).value).toBeNull();
});

test('key and headers are searched and cleaned as well', () => {
  const dirty = record({
    key: Buffer.from(CARD),
    headers: { note: Buffer.from(SPACED), [CARD]: Buffer.from('x') },
  });
  expect(holdsCardNumber(dirty)).toBe(true);
  const { key, headers } = letterWithout(dirty, [], keyring);
  expect(String(key)).toBe('X'.repeat(16));
  expect(String(headers?.note)).toBe('X'.repeat(19));
  expect(JSON.stringify(Object.keys(headers ?? {}))).not.toContain('4242');
  expect(() => receivedCommand(aCreation(), dirty, keyring)).toThrow(CardDataError);
});

test('ids of spans in the headers of a trace are no card numbers', () => {
  const headers = {
    traceparent: Buffer.from('00-33aabfdd94e71c50f3023bcabb47b006-4111111111111111-01'),
    tracestate: Buffer.from('dd=s:1;p:4111111111111111'),
  };
  expect(holdsCardNumber(record({ headers }))).toBe(false);
});
