import { ANSWER_NOT_BOOKED } from './outcome.js';
import { type Ending, type EndStep, ownError, type PostponeStep } from './step.js';
import { withPerson } from './still-unknown.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';

/**
 * The answer cannot be applied, since its facts contradict what is stored. A rejected call ends without them. An
 * executed one stays open for a person: ending it would release its amount for a second charge or refund.
 *
 * @param ending what the answer would have led to
 */
export function decideNotBooked(
  subject: AttemptSubject,
  { ending, reason }: { readonly ending: Ending; readonly reason: string },
  { policy }: Pick<AttemptCircumstances, 'policy'>,
): EndStep | PostponeStep {
  if (ending.state !== 'SUCCEEDED') return { kind: 'end', ending };
  const lastError = ownError('EXECUTED', ANSWER_NOT_BOOKED, reason);
  return withPerson({ ...subject, attempt: { ...subject.attempt, lastError } }, policy, null);
}
