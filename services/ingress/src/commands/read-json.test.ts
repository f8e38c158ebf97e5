import { expect, test } from '@jest/globals';
import { problemOf } from '@payments/runtime/testing';
import { readJson } from './read-json.js';

test('JSON in UTF-8 is read', () => {
  expect(readJson(Buffer.from('{"a":[1,-2,"ä",true,null]}'))).toEqual({ a: [1, -2, 'ä', true, null] });
});

test.each(['1.5', '1.0', '1e3', '4503599627370497.5', '-0.1', '1e400'])('%s is no whole number', (number) => {
  expect(readJson(Buffer.from(`{"amount":${number}}`))).toEqual({ amount: Number.NaN });
});

test.each([
  ['half a body', '{"a":', /not JSON/],
  ['a secret that is no JSON', 'secret', /not JSON/],
  ['a body as deep as it is long', '['.repeat(200_000) + ']'.repeat(200_000), /not JSON/],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/],
  ['UTF-16', Buffer.from('{}', 'utf16le'), /not JSON/],
  ['a name that would be lost', '{"metadata":{"__proto__":"x"}}', /__proto__/],
])('%s is refused without quoting it', (_what, bytes, detail) => {
  const refusal = problemOf(() => readJson(Buffer.from(bytes)));
  expect(refusal).toMatchObject({ status: 400, detail: expect.stringMatching(detail) });
  expect(refusal?.detail).not.toMatch(/secret/);
});
