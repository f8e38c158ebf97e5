import { expect, test } from '@jest/globals';
import { uuidv7, uuidv7Time } from './ids.js';

test('an id gives back the millisecond it was made from', () => {
  for (const at of [0, 1, 1_700_000_000_123, 2 ** 47]) expect(uuidv7Time(uuidv7(at)).getTime()).toBe(at);
});

test('ids of one millisecond differ and later ids sort later', () => {
  const at = 1_700_000_000_000;
  expect(uuidv7(at)).not.toBe(uuidv7(at));
  expect(uuidv7(at) < uuidv7(at + 1)).toBe(true);
});

test.each(['', 'x', '3fa85f64-5717-4562-b3fc-2c963f66afa6'])('%j is refused: not a UUIDv7', (id) => {
  expect(() => uuidv7Time(id)).toThrow(RangeError);
});
