import type { Failure } from '../facts.js';
import type { Attempt, AttemptError, FinalState, OwnErrorType } from './attempt.js';
import type { FailOver } from './fail-over.js';
import type { PlannedCall } from './planned-call.js';

/** `isResend`: the key was sent before, and the call may have been executed. */
export interface SendStep {
  readonly kind: 'send';
  readonly call: PlannedCall;
  readonly isResend: boolean;
}

/** Ask the gateway for the outcome. */
export interface InquireStep {
  readonly kind: 'inquire';
  readonly call: PlannedCall;
}

/** According to a person it was executed: fetch the object that proves it. */
export interface FetchStep {
  readonly kind: 'fetch';
  readonly objectId: string;
}

/** It waits for the payer's approval: read the order; nothing of the attempt was sent. */
export interface CheckStep {
  readonly kind: 'check';
  readonly objectId: string;
}

/** Nothing to do before `dueAt` (milliseconds since the epoch, by the database's clock). */
export interface PostponeStep {
  readonly kind: 'postpone';
  /** Its new state. PENDING or UNKNOWN. */
  readonly attempt: Attempt;
  readonly dueAt: number;
  /** The gateway refused the call for now, which its requester is to know (`effectOfRefusal`). */
  readonly isRefused?: true;
}

export interface EndStep {
  readonly kind: 'end';
  readonly ending: Ending;
}

/** The end of an attempt; its effect on the intent depends on the payment at that time (`effectOf`). */
export interface Ending {
  readonly state: FinalState;
  /** Null if it succeeded. */
  readonly error: AttemptError | null;
  /** It was not wanted any more: no event. */
  readonly isPointless: boolean;
  /** Provably not executed; to be tried there instead. */
  readonly failOver: FailOver | null;
}

export const SUCCEEDED: Ending = { state: 'SUCCEEDED', error: null, isPointless: false, failOver: null };

export function ended(
  state: Exclude<FinalState, 'SUCCEEDED'>,
  error: AttemptError,
  rest: Partial<Pick<Ending, 'isPointless' | 'failOver'>> = {},
): EndStep {
  return { kind: 'end', ending: { state, error, isPointless: false, failOver: null, ...rest } };
}

/** An error of our own, reported as a gateway's would be. */
export function ownError(type: OwnErrorType, code: string, message: string): AttemptError {
  return { type, code, message };
}

export function givenUp(code: string, message: string): AttemptError {
  return ownError('GIVEN_UP', code, message);
}

export function failureOf({ code, message }: AttemptError): Failure {
  return { code, message };
}
