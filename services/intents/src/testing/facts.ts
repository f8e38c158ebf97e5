import type { Fact } from '@payments/domain';

/** 19.99 USD captured, as reported by a gateway. */
export function captured(objectId: string): Fact {
  return {
    kind: 'captured',
    provider: 'stripe',
    objectId,
    parentId: objectId,
    relatedIds: [],
    occurredAt: Date.now(),
    amount: { amountMinor: 1999n, currency: 'USD' },
  };
}

/** Authorized, to be captured. */
export function authorized(objectId: string): Fact {
  return { ...captured(objectId), kind: 'authorized' } as Fact;
}

export function refunded(objectId: string, captureId: string, amountMinor: bigint): Fact {
  return {
    kind: 'refund',
    state: 'succeeded',
    provider: 'stripe',
    objectId,
    parentId: captureId,
    relatedIds: [],
    occurredAt: Date.now(),
    amount: { amountMinor, currency: 'USD' },
  };
}
