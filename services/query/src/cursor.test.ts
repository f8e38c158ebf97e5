import { expect, test } from '@jest/globals';
import { intentIdOf } from '@payments/domain';
import { intentCursor, readIntentCursor, readTimelineCursor, timelineCursor } from './cursor.js';

test('a cursor is read back as the place that it was made of', () => {
  const intent = { createdAt: new Date(1_764_000_000_123), intentId: intentIdOf('o', 'stripe') };
  expect(readIntentCursor(intentCursor(intent))).toEqual(intent);
  const entry = { atMicros: '1764000000123456', kind: 'webhook', id: 'stripe:evt.with.dots' } as const;
  expect(readTimelineCursor(timelineCursor(entry))).toEqual(entry);
});

test.each(['', 'a b', 'x'.repeat(601), 'AAAA', Buffer.from('1.2').toString('base64url'), 'é'])(
  '%j is no cursor',
  (text) => {
    expect(() => readIntentCursor(text)).toThrow('must be the nextCursor');
    expect(() => readTimelineCursor(text)).toThrow('must be the nextCursor');
  },
);
