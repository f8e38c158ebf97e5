import type { StoredAttempt } from './read-attempts.js';
import type { UnknownOutcome } from './read-unknown-outcomes.js';

/**
 * An attempt in the APIs' representation: camelCase, times in ISO 8601, the amount in minor units of its payment's
 * currency.
 */
export function attemptJson(attempt: StoredAttempt): object {
  const { verdict } = attempt;
  return {
    attemptId: attempt.attemptId,
    intentId: attempt.intentId,
    commandId: attempt.commandId,
    gatewayProvider: attempt.provider,
    leg: attempt.leg,
    operation: attempt.operation,
    amount: attempt.amount === null ? null : Number(attempt.amount),
    state: attempt.state,
    sends: attempt.sends,
    inquiries: attempt.inquiries,
    askedAt: time(attempt.askedAt),
    lastSentAt: time(attempt.lastSentAt),
    unknownSince: time(attempt.unknownSince),
    needsReviewSince: time(attempt.needsReviewSince),
    finishedAt: time(attempt.finishedAt),
    lastError: attempt.lastError,
    inquiryError: attempt.inquiryError,
    verdict: verdict && { ...verdict, at: time(verdict.at) },
  };
}

/** As {@link attemptJson}, with the order and amount of its payment. */
export function unknownOutcomeJson(outcome: UnknownOutcome): object {
  const { orderId, currency, intentAmount } = outcome;
  return {
    ...attemptJson(outcome),
    orderId,
    currency,
    intentAmount: intentAmount === null ? null : Number(intentAmount),
  };
}

function time(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
