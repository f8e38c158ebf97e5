import { ATTEMPT_POLICY, type Attempt, type AttemptSubject } from '@payments/domain';
import { NOW, subjectOf, unknownSince } from '@payments/domain/testing';
import type { NextCircumstances } from '../attempts/decide-next.js';

/** A creation at Stripe, asked for just now, but for what is said. */
export function aSubject(attempt: Partial<Attempt> = {}): AttemptSubject {
  return subjectOf('create', 'stripe', { attempt });
}

/** It was sent, and its answer is missing. */
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
