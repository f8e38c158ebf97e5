import { describe, expect, test } from '@jest/globals';
import { findApiKey, hashOfApiKey, parseApiKeys } from './api-keys.js';

const HASH = hashOfApiKey('secret of the shop').toString('hex');
const shop = { id: 'shop', hash: HASH, scopes: ['payments:create'] };

function fileOf(...keys: object[]): string {
  return JSON.stringify({ keys });
}

test('a key is found by its text, and nothing else is', () => {
  const other = { ...shop, id: 'other', hash: hashOfApiKey('another').toString('hex') };
  const keys = parseApiKeys(fileOf(other, shop));
  expect(findApiKey(keys, 'secret of the shop')?.id).toBe('shop');
  expect(findApiKey(keys, 'another')?.id).toBe('other');
  for (const wrong of ['', 'Secret of the shop', HASH, 'secret of the shop ']) {
    expect(findApiKey(keys, wrong)).toBeUndefined();
  }
});

test('a caller may have two keys at once while one is replaced', () => {
  const keys = parseApiKeys(fileOf(shop, { ...shop, hash: hashOfApiKey('new').toString('hex') }));
  expect(findApiKey(keys, 'new')?.id).toBe(findApiKey(keys, 'secret of the shop')?.id);
});

test('a key without an end never expires; one with an end does at that moment', () => {
  const [endless, ending] = parseApiKeys(
    fileOf(shop, { ...shop, hash: 'a'.repeat(64), expiresAt: '2027-01-01T01:00:00+01:00' }),
  );
  expect(endless?.expiresAtMs).toBe(Number.POSITIVE_INFINITY);
  expect(ending?.expiresAtMs).toBe(Date.UTC(2027, 0, 1));
});

describe('a file is refused, without showing a hash, because of', () => {
  test.each([
    ['no JSON', '{', /not JSON/],
    ['a list in place of an object', '[]', /it: /],
    ['a hash in capitals', fileOf({ ...shop, hash: HASH.toUpperCase() }), /keys\.0\.hash: SHA-256/],
    ['an unknown scope', fileOf({ ...shop, scopes: ['payments:all'] }), /keys\.0\.scopes\.0: /],
    ['no scope', fileOf({ ...shop, scopes: [] }), /keys\.0\.scopes: /],
    ['an id with a space', fileOf({ ...shop, id: 'the shop' }), /keys\.0\.id: /],
    [
      'a date without a time zone',
      fileOf({ ...shop, expiresAt: '2027-01-01T00:00:00' }),
      /keys\.0\.expiresAt/,
    ],
    ['an unknown field', fileOf({ ...shop, key: 'x' }), /keys\.0: .*key/],
    ['the same hash twice', fileOf(shop, { ...shop, id: 'other' }), /two entries.* other/],
  ])('%s', (_what, text, message) => {
    const read = () => parseApiKeys(text);
    expect(read).toThrow(message);
    expect(read).not.toThrow(HASH);
  });
});
