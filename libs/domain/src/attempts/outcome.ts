import type { Fact, FactKind, Failure } from '../facts.js';
import type { GatewayOperation } from '../ids.js';
import type { AttemptError } from './attempt.js';

/**
 * What each kind of error proves about a call. Decisions do not depend on the kind itself, but on whether it proves
 * that nothing was executed: `refused` does, and a retry would be rejected again; `not_executed` does, and a retry
 * may succeed.
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

/** The outcome of a call. */
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
  /** What the gateway said of the payment with its refusal; none by default. */
  readonly facts?: readonly Fact[];
}

/**
 * Codes of calls that were not made because the gateway is not to be called at present. They say nothing about the
 * call: an attempt without an alternative waits without using up its tries.
 */
export const BREAKER_OPEN = 'breaker_open';
export const GATEWAY_DISABLED = 'gateway_disabled';

export function isLeftAlone({ code }: Failure): boolean {
  return code === BREAKER_OPEN || code === GATEWAY_DISABLED;
}

/** Of an attempt whose answer is known but cannot be applied. */
export const ANSWER_NOT_BOOKED = 'ANSWER_NOT_BOOKED';

/** Of an attempt whose payer did not approve the order as long as the gateway kept it: nothing can come of it. */
export const NOT_APPROVED = 'NOT_APPROVED';

/** Of an attempt that cannot proceed: the row of its intent was archived with its partition. */
export const INTENT_ARCHIVED = 'INTENT_ARCHIVED';

export function errorOf({ type, failure }: CallFailed): AttemptError {
  return { type, code: failure.code, message: failure.message };
}

/** Operations that take or hold money: nothing can come of them once the object is canceled. */
const PAYING: readonly GatewayOperation[] = ['confirm', 'authorize', 'capture'];

const CANCELED: Failure = { code: 'canceled', message: 'the payment was canceled at the gateway' };

/**
 * Why nothing came of an operation, according to a gateway's answer: a payment that failed or, where it was to take
 * or hold money, was canceled, without a better fact; null if something came of it.
 */
export function rejectionIn(facts: readonly Fact[], operation: GatewayOperation): Failure | null {
  const has = (...kinds: readonly FactKind[]): boolean => facts.some(({ kind }) => kinds.includes(kind));
  if (has('captured', 'authorized', 'processing')) return null;
  const failed = facts.find((fact) => fact.kind === 'failed');
  if (failed !== undefined) return failed.failure;
  return PAYING.includes(operation) && has('canceled', 'voided') ? CANCELED : null;
}
