import { describe, expect, test } from '@jest/globals';
import { problemOf } from '@payments/runtime/testing';
import { idempotencyKeyOf, requireJson } from './request-head.js';

describe('an Idempotency-Key', () => {
  test.each(['k', '6f1f6f3e-3f0f-4f5e-9d3a-6f5d7a1b2c3d', '!~', 'k'.repeat(255)])('may be %j', (given) => {
    expect(idempotencyKeyOf({ headers: { 'idempotency-key': given } })).toBe(given);
  });

  test.each([undefined, '', ' ', 'a b', 'ä', 'k'.repeat(256), 'a, b', ['a', 'b']])(
    'is asked for with 400 after %j',
    (given) => {
      const headers = given === undefined ? {} : { 'idempotency-key': given };
      expect(problemOf(() => idempotencyKeyOf({ headers }))?.status).toBe(400);
    },
  );

  test('that looks like a card number is refused with 422', () => {
    const headers = { 'idempotency-key': '4242-4242-4242-4242' };
    expect(problemOf(() => idempotencyKeyOf({ headers }))?.status).toBe(422);
  });
});

describe('a body', () => {
  const withBody = { 'content-length': '2' };
  test.each([
    [{}],
    [{ 'content-length': '0' }],
    [{ ...withBody, 'content-type': 'application/json' }],
    [{ ...withBody, 'content-type': 'application/json; charset=utf-8' }],
    [{ ...withBody, 'content-type': 'Application/JSON;charset="UTF-8"', 'content-encoding': 'identity' }],
  ])('is taken with %j', (headers) => {
    expect(problemOf(() => requireJson({ headers }))).toBeUndefined();
  });

  test.each([
    [withBody],
    [{ 'transfer-encoding': 'chunked' }],
    [{ ...withBody, 'content-type': 'text/plain' }],
    [{ ...withBody, 'content-type': 'application/x-www-form-urlencoded' }],
    [{ ...withBody, 'content-type': 'application/json; charset=latin1' }],
    [{ ...withBody, 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('is refused with 415 with %j', (headers) => {
    expect(problemOf(() => requireJson({ headers }))?.status).toBe(415);
  });
});
