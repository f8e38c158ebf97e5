import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parseSealKeys } from './seal-keys.js';

const KEY = randomBytes(32).toString('base64');

test('keys are read in their order, with space around them', () => {
  const [first, second] = parseSealKeys(` 2026-07:${KEY} , old_1:${randomBytes(32).toString('base64')}`);
  expect(first).toEqual({ id: '2026-07', key: Buffer.from(KEY, 'base64') });
  expect(second?.id).toBe('old_1');
});

test.each([
  ['', 'no sealing key given'],
  ['  ', 'no sealing key given'],
  [KEY, 'sealing key 1 is not of the form id:key'],
  [`a:${KEY},`, 'sealing key 2 is not of the form id:key'],
  [`:${KEY}`, 'sealing key 1: its id'],
  [`${'x'.repeat(33)}:${KEY}`, 'sealing key 1: its id'],
  [`a b:${KEY}`, 'sealing key 1: its id'],
  ['a:', 'sealing key a must be exactly 32 bytes in base64'],
  [`a:${randomBytes(31).toString('base64')}`, 'sealing key a must be exactly 32 bytes'],
  [`a:${randomBytes(33).toString('base64')}`, 'sealing key a must be exactly 32 bytes'],
  [`a:${randomBytes(32).toString('hex')}`, 'sealing key a must be exactly 32 bytes in base64'],
  [`a:${KEY.slice(0, -1)}`, 'sealing key a must be exactly 32 bytes in base64'],
  [`a:${KEY}!`, 'sealing key a must be exactly 32 bytes in base64'],
  [`a:${KEY},a:${KEY}`, 'two sealing keys have the id a'],
])('%s is refused: %s', (text, message) => {
  expect(() => parseSealKeys(text)).toThrow(message);
});

test('what is wrong is said without showing a key', () => {
  for (const text of [KEY, `a:${KEY}x`, `b!:${KEY}`, `a:${KEY},a:${KEY}`]) {
    expect(messageOf(() => parseSealKeys(text))).not.toContain(KEY.slice(0, 8));
  }
});

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
}
