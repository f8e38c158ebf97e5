import { describe, expect, test } from '@jest/globals';
import type { ApiKey } from './api-keys.js';
import { authorize } from './authorize.js';
import { ProblemError } from './problem.js';

const NOW = Date.UTC(2026, 10, 26);
const key: ApiKey = {
  ...{ id: 'shop', hash: Buffer.alloc(32), expiresAtMs: NOW + 1 },
  scopes: new Set(['payments:create'] as const),
};
const keys = { find: (presented: string) => (presented === 'good' ? key : undefined) };

function statusOf(work: () => unknown): number {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.status;
    throw error;
  }
  return 0;
}

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
      expect(statusOf(() => authorized(authorization))).toBe(401);
    },
  );

  test('that expires now is refused with 401', () => {
    expect(statusOf(() => authorized('Bearer good', NOW + 1))).toBe(401);
  });

  test('without the scope is refused with 403', () => {
    const request = { headers: { authorization: 'Bearer good' } };
    expect(statusOf(() => authorize(keys, request, 'payments:refund', NOW))).toBe(403);
  });
});
