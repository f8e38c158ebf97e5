import type { Fact, FactKind } from '../facts.js';
import type { Attempt, AttemptError } from './attempt.js';
import { type CallFailed, errorOf } from './outcome.js';
import { givenUp } from './step.js';

/** Of a cancellation while the gateway takes the money: it may fail to, so the cancellation waits for the end of that. */
export const STILL_PROCESSING = 'STILL_PROCESSING';
const ALREADY_CAPTURED = 'ALREADY_CAPTURED';
/** Of a cancellation that cannot do anything any more. */
export const CAPTURED_INSTEAD = givenUp(ALREADY_CAPTURED, 'the money was captured: it can be refunded');

/**
 * Why a gateway refuses a cancellation, by what it shows of the payment: the request was right, and too late. If it shows
 * several of these, the last one counts.
 */
const TOO_LATE = [
  ['processing', STILL_PROCESSING],
  ['captured', ALREADY_CAPTURED],
] as const satisfies readonly (readonly [FactKind, string])[];

/** The error of a cancellation that came too late; null if the call was another one, or failed for another reason. */
export function tooLate({ operation }: Pick<Attempt, 'operation'>, failed: CallFailed): AttemptError | null {
  const { type, facts = [] } = failed;
  if (operation !== 'cancel' || type !== 'INVALID_REQUEST') return null;
  const shown = TOO_LATE.findLast(([kind]) => facts.some((fact) => fact.kind === kind));
  return shown === undefined ? null : { ...errorOf(failed), code: shown[1] };
}

/** The error of a cancellation if its gateway shows, when asked what came of it, that the money was captured instead. */
export function capturedInstead(
  { operation }: Pick<Attempt, 'operation'>,
  facts: readonly Fact[],
): AttemptError | null {
  const has = (...kinds: readonly FactKind[]): boolean => facts.some(({ kind }) => kinds.includes(kind));
  if (operation !== 'cancel' || !has('captured') || has('canceled', 'voided')) return null;
  return CAPTURED_INSTEAD;
}
