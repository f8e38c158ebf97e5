import type { Failure } from '../facts.js';
import type { Attempt, AttemptError, FinalState } from './attempt.js';
import type { FailOver } from './fail-over.js';
import type { PlannedCall } from './planned-call.js';

/** `isResend`: the key was sent before, and may have been carried out. */
export interface SendStep {
  readonly kind: 'send';
  readonly call: PlannedCall;
  readonly isResend: boolean;
}

/** Ask the gateway what became of it. */
export interface InquireStep {
  readonly kind: 'inquire';
  readonly call: PlannedCall;
}

/** A person said that it was executed: fetch what shows it. */
export interface FetchStep {
  readonly kind: 'fetch';
  readonly objectId: string;
}

/** The payer's approval is awaited: read the order, nothing of the attempt was sent. */
export interface CheckStep {
  readonly kind: 'check';
  readonly objectId: string;
}

/** Nothing to do before `dueAt` (milliseconds since the epoch, by the database's clock). */
export interface PostponeStep {
  readonly kind: 'postpone';
  /** As it is from now on. PENDING or UNKNOWN. */
  readonly attempt: Attempt;
  readonly dueAt: number;
}

export interface EndStep {
  readonly kind: 'end';
  readonly ending: Ending;
}

/** How an attempt ends; what the intent is told follows from it and the payment as it then is (`effectOf`). */
export interface Ending {
  readonly state: FinalState;
  /** Null if it succeeded. */
  readonly error: AttemptError | null;
  /** It was not wanted any more: nobody is told. */
  readonly isPointless: boolean;
  /** Provably not executed, and to be tried there instead. */
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

/** An error of our own making, told as a gateway's would be. */
export function ownError(code: string, message: string): AttemptError {
  return { type: 'NOT_SENT', code, message };
}

export function failureOf({ code, message }: AttemptError): Failure {
  return { code, message };
}
