import { describe, expect, test } from '@jest/globals';
import type { Fact } from '@payments/domain';
import { GatewayError } from '@payments/gateways';
import { decideVerification, ownObjectOf, PATIENCE_MS } from './decide-verification.js';

const amount = { amountMinor: 1999n, currency: 'USD' };
const origin = { provider: 'paypal', objectId: 'CAPTURE', relatedIds: [], occurredAt: 1 } as const;
const shown = (...facts: Fact[]) => ({
  kind: 'shown' as const,
  answer: { gatewayObjectId: 'ORDER', objectIds: ['CAPTURE'], facts },
});
const young = { objectIds: ['CAPTURE', 'ORDER'], ageMs: 0 };
const old = { ...young, ageMs: PATIENCE_MS };

test('what is shown of the object is applied, also where it is not what the webhook said', () => {
  const facts: Fact[] = [
    { ...origin, kind: 'captured', amount },
    { ...origin, kind: 'voided', amount },
    { ...origin, kind: 'failed', retryable: false, failure: { code: 'DECLINED', message: null } },
  ];
  for (const fact of facts) {
    const finding = shown(fact);
    expect(decideVerification(young, finding)).toEqual({ kind: 'apply', answer: finding.answer });
  }
});

test('every part of a dispute is of the dispute', () => {
  const part: Fact = { ...origin, objectId: 'PP-D-1:CAPTURE', kind: 'dispute', state: 'won', amount };
  expect(decideVerification({ objectIds: ['PP-D-1'], ageMs: 0 }, shown(part)).kind).toBe('apply');
});

describe.each([
  ['knows no such object', { kind: 'missing' as const }],
  ['shows nothing of the object', shown({ ...origin, objectId: 'OTHER', kind: 'captured', amount })],
  ['shows the object as still under way', shown({ ...origin, kind: 'processing' })],
])('a webhook of which the gateway %s', (words, finding) => {
  const reason = `the gateway ${words}`;

  test('is asked after again while the answer may be behind it', () => {
    expect(decideVerification(young, finding)).toEqual({ kind: 'again', reason, retryMs: 1_000 });
    expect(decideVerification({ ...young, ageMs: 20_000 }, finding)).toMatchObject({ retryMs: 10_000 });
    expect(decideVerification({ ...young, ageMs: PATIENCE_MS - 1 }, finding)).toMatchObject({
      retryMs: 60_000,
    });
  });

  test('is refused after that', () => {
    expect(decideVerification(old, finding)).toEqual({ kind: 'refuse', reason });
  });
});

test('as long as the gateway cannot be asked, it is asked again, however old the webhook is', () => {
  const error = new GatewayError({
    type: 'RATE_LIMIT_ERROR',
    failure: { code: 'slow', message: null },
    retryAfterMs: 90_000,
  });
  expect(decideVerification({ ...old, ageMs: 10 * PATIENCE_MS }, { kind: 'unanswered', error })).toEqual({
    kind: 'again',
    reason: 'RATE_LIMIT_ERROR: slow',
    retryMs: 90_000,
  });
});

test('a Retry-After of years is not believed', () => {
  const failure = { code: 'slow', message: null };
  const error = new GatewayError({ type: 'RATE_LIMIT_ERROR', failure, retryAfterMs: 31 * 365 * 86_400_000 });
  expect(decideVerification(young, { kind: 'unanswered', error })).toMatchObject({ retryMs: 3_600_000 });
});

test('a question that the gateway refuses is not asked for ever', () => {
  const failure = { code: 'INVALID_RESOURCE_ID', message: null };
  const finding = {
    kind: 'unanswered' as const,
    error: new GatewayError({ type: 'INVALID_REQUEST', failure }),
  };
  expect(decideVerification(young, finding)).toMatchObject({ kind: 'again', retryMs: 1_000 });
  expect(decideVerification(old, finding)).toEqual({
    kind: 'refuse',
    reason: 'INVALID_REQUEST: INVALID_RESOURCE_ID',
  });
});

test('our own name of the payment is not taken for the object', () => {
  expect(
    ownObjectOf({ objectIds: ['intent:3e9da018-fe08-589e-bc68-11ebbf275ba3', 'CAPTURE', 'ORDER'] }),
  ).toBe('CAPTURE');
  expect(ownObjectOf({ objectIds: [] })).toBe('');
});
