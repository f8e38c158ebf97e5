import { expect, test } from '@jest/globals';
import { hopsLine, hopsOf } from './hops.js';

const NOWHERE = { createSentAt: null, createBookedAt: null, confirmSentAt: null, confirmBookedAt: null };

test('hops are medians between consecutive stages, the first from when the command was due', () => {
  const hops = hopsOf([
    { ...NOWHERE, dueAt: 100, createdAt: 110, createSentAt: 130 },
    { ...NOWHERE, dueAt: 200, createdAt: 230, createSentAt: 270 },
    { ...NOWHERE, dueAt: 300, createdAt: 320, createSentAt: 323 },
  ]);
  expect(hops).toEqual({ createdAt: 20, createSentAt: 20 });
  expect(hopsLine(hops)).toBe('created 20, create sent 20');
});
