import { randomUUID } from 'node:crypto';
import {
  ATTEMPT_POLICY,
  type Attempt,
  type AttemptSubject,
  asCommandId,
  asIntentRowId,
  attemptIdOf,
  intentIdOf,
  newPayment,
  uuidv7,
} from '@payments/domain';
import type { NextCircumstances } from '../attempts/decide-next.js';

export const NOW = 1_764_000_000_000;

/** A creation at Stripe, asked for just now, but for what is said. */
export function aSubject(said: Partial<Attempt> = {}): AttemptSubject {
  const [commandId, id] = [asCommandId(randomUUID()), asIntentRowId(uuidv7(NOW))];
  const intentId = intentIdOf('order-1', 'stripe');
  const payment = newPayment({
    id,
    intentId,
    orderId: 'order-1',
    customerId: 'cust-7',
    provider: 'stripe',
    expiresAt: null,
    amount: { amountMinor: 1999n, currency: 'USD' },
    captureMethod: 'automatic',
  });
  const attempt: Attempt = {
    attemptId: attemptIdOf(commandId, 1, 'create'),
    commandId,
    paymentIntentId: id,
    intentId,
    leg: 1,
    operation: 'create',
    provider: 'stripe',
    amount: 1999n,
    isOfCreation: true,
    askedAt: NOW,
    notAfter: null,
    state: 'PENDING',
    sends: 0,
    retries: 0,
    keyRound: 1,
    firstSentAt: null,
    lastSentAt: null,
    resends: 0,
    targetId: null,
    heldSince: null,
    unknownSince: null,
    inquiries: 0,
    notFoundSince: null,
    needsReviewSince: null,
    verdict: null,
    lastError: null,
    ...said,
  };
  return {
    attempt,
    payment: { ...payment, requests: [] },
    details: {},
    requests: [],
    others: [],
    now: NOW,
    order: { isOpen: false, isPaid: false },
    terms: {
      paymentMethodToken: null,
      returnUrl: null,
      metadata: {},
      confirmRequested: false,
      fallbacks: [],
    },
  };
}

/** It was sent, and its answer is missing. */
export const UNKNOWN: Partial<Attempt> = {
  state: 'UNKNOWN',
  sends: 1,
  firstSentAt: NOW - 1,
  lastSentAt: NOW - 1,
  unknownSince: NOW,
};

export function circumstances(said: Partial<NextCircumstances> = {}): NextCircumstances {
  return {
    policy: ATTEMPT_POLICY,
    random: 0.5,
    keyLifetimeMs: 3_600_000,
    gateways: [],
    refusal: () => null,
    ...said,
  };
}
