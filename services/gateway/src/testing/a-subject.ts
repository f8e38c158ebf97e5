import { ATTEMPT_POLICY, type Attempt, type AttemptSubject } from '@payments/domain';
import { NOW, subjectOf, unknownSince } from '@payments/domain/testing';
import type { NextCircumstances } from '../attempts/decide-next.js';

/** A pending creation at Stripe, with the given changes. */
export function aSubject(attempt: Partial<Attempt> = {}): AttemptSubject {
  return subjectOf('create', 'stripe', { attempt });
}

/** Sent, without an answer. */
export const UNKNOWN: Partial<Attempt> = unknownSince(NOW - 1);

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
