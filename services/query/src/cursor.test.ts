import { expect, test } from '@jest/globals';
import { type AttemptId, intentIdOf } from '@payments/domain';
import {
  intentCursor,
  readIntentCursor,
  readReviewCursor,
  readTimelineCursor,
  reviewCursor,
  timelineCursor,
} from './cursor.js';

test('a cursor is read back as the place that it was made of', () => {
  const intent = { createdAt: new Date(1_764_000_000_123), intentId: intentIdOf('o', 'stripe') };
  expect(readIntentCursor(intentCursor(intent))).toEqual(intent);
  const entry = { atMicros: '1764000000123456', kind: 'webhook', turn: 'stripe:evt.with.dots' } as const;
  expect(readTimelineCursor(timelineCursor(entry))).toEqual(entry);
  const outcome = {
    attemptId: '6ba7b810-9dad-51d1-80b4-00c04fd430c8' as AttemptId,
    unknownSince: 1_764_000_000_123.456,
  };
  expect(readReviewCursor(reviewCursor(outcome))).toEqual(outcome);
});

test.each(['', 'a b', 'x'.repeat(601), 'AAAA', Buffer.from('1.2').toString('base64url'), 'é'])(
  '%j is no cursor',
  (text) => {
    expect(() => readIntentCursor(text)).toThrow('must be the nextCursor');
    expect(() => readTimelineCursor(text)).toThrow('must be the nextCursor');
    expect(() => readReviewCursor(text)).toThrow('must be the nextCursor');
  },
);
