import { describe, expect, test } from '@jest/globals';
import type { ApiKey } from './api-keys.js';
import { authorize } from './authorize.js';
import { problemOf } from './testing/problem-of.js';

const NOW = Date.UTC(2026, 10, 26);
const key: ApiKey = {
  id: 'shop',
  hash: Buffer.alloc(32),
  expiresAtMs: NOW + 1,
  scopes: new Set(['payments:create'] as const),
};
const keys = { find: (presented: string) => (presented === 'good' ? key : undefined) };

describe('an API key', () => {
  const authorized = (authorization: string | undefined, now = NOW) =>
    authorize(
      keys,
      { headers: authorization === undefined ? {} : { authorization } },
      'payments:create',
      now,
    );

  test.each(['Bearer good', 'bearer  good'])('is taken from %j', (authorization) => {
    expect(authorized(authorization).id).toBe('shop');
  });

  test.each([undefined, '', 'good', 'Basic good', 'Bearer', 'Bearer good twice', 'Bearer bad'])(
    'is asked for with 401 after %j',
    (authorization) => {
      expect(problemOf(() => authorized(authorization))?.status).toBe(401);
    },
  );

  test('that expires now is refused with 401', () => {
    expect(problemOf(() => authorized('Bearer good', NOW + 1))?.status).toBe(401);
  });

  test('without the scope is refused with 403', () => {
    const request = { headers: { authorization: 'Bearer good' } };
    expect(problemOf(() => authorize(keys, request, 'payments:refund', NOW))?.status).toBe(403);
  });
});
