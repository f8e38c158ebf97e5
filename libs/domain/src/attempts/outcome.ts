import type { Fact, Failure } from '../facts.js';
import type { AttemptError } from './attempt.js';

/**
 * What each kind of error of a call says of it. What decides is never the kind itself, but whether it proves that
 * nothing was done: `refused` does, and would be refused again; `not_executed` does, and may be tried again.
 */
export const CALL_ERRORS = {
  RATE_LIMIT_ERROR: 'not_executed',
  API_CONNECTION_ERROR: 'not_executed',
  API_ERROR: 'not_executed',
  CARD_DECLINED: 'declined',
  INVALID_REQUEST: 'refused',
  AUTHENTICATION_ERROR: 'refused',
  IDEMPOTENCY_CONFLICT: 'unknown',
  UNKNOWN_OUTCOME: 'unknown',
} as const;
export type CallErrorType = keyof typeof CALL_ERRORS;

/** What a call came to. */
export type CallOutcome = CallAnswered | CallFailed;

export interface CallAnswered {
  readonly kind: 'answered';
  readonly facts: readonly Fact[];
}

export interface CallFailed {
  readonly kind: 'failed';
  /** One that is not in `CALL_ERRORS` proves nothing. */
  readonly type: string;
  readonly failure: Failure;
  readonly retryAfterMs: number | null;
}

/**
 * Codes of calls that were not made because the gateway is left alone for now: they say nothing of the call, and
 * one that can go nowhere else waits without using up its tries.
 */
export const BREAKER_OPEN = 'breaker_open';
export const GATEWAY_DISABLED = 'gateway_disabled';

export function isLeftAlone({ code }: Failure): boolean {
  return code === BREAKER_OPEN || code === GATEWAY_DISABLED;
}

/** Of an attempt whose answer is known and cannot be booked. */
export const ANSWER_NOT_BOOKED = 'ANSWER_NOT_BOOKED';

/** Of an attempt that cannot be taken further: the row of its intent went with its partition. */
export const INTENT_ARCHIVED = 'INTENT_ARCHIVED';

export function errorOf({ type, failure }: CallFailed): AttemptError {
  return { type, code: failure.code, message: failure.message };
}

/** What a gateway's answer says became of the call: a payment that failed, and nothing better, is a refusal. */
export function stateByFacts(facts: readonly Fact[]): 'SUCCEEDED' | 'DECLINED' {
  const isOnItsWay = facts.some(
    ({ kind }) => kind === 'captured' || kind === 'authorized' || kind === 'processing',
  );
  return !isOnItsWay && facts.some(({ kind }) => kind === 'failed') ? 'DECLINED' : 'SUCCEEDED';
}
