import { ANSWER_NOT_BOOKED, type Attempt, type EndStep, type PostponeStep, tooLate } from '@payments/domain';
import { GatewayError } from '@payments/gateways';
import type { Settled } from '@payments/persistence';
import type { MadeCall } from './attempts/make-call.js';

/** The committed result of processing an attempt. */
export interface Conclusion {
  /** The attempt as decided upon: for a call, as it was sent. */
  readonly attempt: Attempt;
  /** By the database's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** The last call; null if none was made. */
  readonly made: MadeCall | null;
  readonly step: EndStep | PostponeStep;
  /** Of an end, or of an order's facts while the attempt waits. */
  readonly settled: Settled | null;
  /** Why the answer's facts could not be applied; null if they were, or if there were none. */
  readonly notBooked: string | null;
  /** It had waited for the payer's consent, or for another attempt. */
  readonly wasHeld: boolean;
}

/**
 * Why a person has to review an attempt: its outcome stays unknown, a problem on our side prevents it, or a payment that
 * has ended was not canceled at its gateway.
 */
export type AttemptAlert =
  | 'NEEDS_REVIEW'
  | 'FACTS_REFUSED'
  | 'INVALID_REQUEST'
  | 'AUTHENTICATION_ERROR'
  | 'NOT_CANCELED';

export function alertOf({ attempt, made, step, notBooked }: Conclusion): AttemptAlert | null {
  const type = made?.failed?.type;
  if (type === 'AUTHENTICATION_ERROR') return type;
  if (type === 'INVALID_REQUEST' && !cameTooLate(attempt, made)) return type;
  if (isNotCanceled(attempt, step)) return 'NOT_CANCELED';
  if (notBooked !== null) return attempt.lastError?.code === ANSWER_NOT_BOOKED ? null : 'FACTS_REFUSED';
  const isOverdue = step.kind === 'postpone' && step.attempt.needsReviewSince !== null;
  return isOverdue && attempt.needsReviewSince === null ? 'NEEDS_REVIEW' : null;
}

/** Nobody can ask for it again: a payment that has ended accepts no command, and may still be paid or hold money. */
function isNotCanceled({ operation }: Attempt, step: EndStep | PostponeStep): boolean {
  if (operation !== 'cancel' || step.kind !== 'end') return false;
  return step.ending.state === 'NOT_EXECUTED' && !step.ending.isPointless;
}

/** The request was right: the payment had got further than we knew. */
function cameTooLate(attempt: Attempt, made: MadeCall | null): boolean {
  const failed = made?.failed ?? null;
  return failed !== null && tooLate(attempt, failed) !== null;
}

export function namesOf({ attemptId, commandId, intentId, provider, leg, operation }: Attempt) {
  return { attempt_id: attemptId, command_id: commandId, intent_id: intentId, provider, leg, operation };
}

/** The fields of its log line. */
export function lineOf({ attempt, now, made, step, notBooked }: Conclusion) {
  return {
    ...namesOf(attempt),
    ...countsOf(attempt),
    ...(made !== null && lineOfCall(made)),
    ...(step.kind === 'end' ? lineOfEnd(step) : lineOfWait(step, now)),
    ...(notBooked !== null && { facts_refused: notBooked }),
  };
}

function countsOf({ sends, retries, inquiries, keyRound }: Attempt) {
  return { sends, retries, inquiries, key_round: keyRound };
}

/** The outcome of a call. For classified errors of the client their code suffices. */
export function lineOfCall({ step, answer, failed, httpStatus, durationMs, error }: MadeCall) {
  return {
    call: step.kind,
    duration_ms: Math.round(durationMs),
    outcome: outcomeOf({ answer, failed }),
    ...(answer !== null && { gateway_object_id: answer.gatewayObjectId }),
    ...(httpStatus !== null && { http_status: httpStatus }),
    ...(failed !== null && { error_code: failed.failure.code, error_message: failed.failure.message }),
    ...(failed !== null && !(error instanceof GatewayError) && { err: error }),
  };
}

/** The outcome in one word: one of few, for a metric label. */
export function outcomeOf({ answer, failed }: Pick<MadeCall, 'answer' | 'failed'>): string {
  return failed?.type ?? (answer === null ? 'NOTHING_FOUND' : 'SUCCESS');
}

function lineOfEnd({ ending: { state, error, failOver } }: EndStep) {
  return {
    state,
    code: error?.code,
    reason: error?.message ?? undefined,
    ...(failOver !== null && { failed_over_to: failOver.gatewayProvider }),
  };
}

function lineOfWait({ attempt: { state, lastError, inquiryError }, dueAt }: PostponeStep, now: number) {
  return { state, code: (inquiryError ?? lastError)?.code, due_in_ms: Math.round(dueAt - now) };
}
