import type { Attempt } from './attempt.js';

/** The attempt with another idempotency key, under which nothing was sent yet. */
export function withNewKey(attempt: Attempt): Attempt {
  return {
    ...attempt,
    keyRound: attempt.keyRound + 1,
    firstSentAt: null,
    lastSentAt: null,
    resends: 0,
    targetId: null,
    unknownSince: null,
    inquiries: 0,
    notFoundSince: null,
    needsReviewSince: null,
    inquiryError: null,
  };
}
