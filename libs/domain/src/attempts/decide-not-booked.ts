import { ANSWER_NOT_BOOKED } from './outcome.js';
import { type Ending, type EndStep, ownError, type PostponeStep } from './step.js';
import { withPerson } from './still-unknown.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';

/**
 * The answer cannot be booked: its facts contradict what is known here. That a call was refused is told without them.
 * One that was carried out stays open, with a person: closed, it would free what it took for a second charge or refund.
 *
 * @param ending what the answer would have come to
 */
export function decideNotBooked(
  subject: AttemptSubject,
  { ending, reason }: { readonly ending: Ending; readonly reason: string },
  { policy }: Pick<AttemptCircumstances, 'policy'>,
): EndStep | PostponeStep {
  if (ending.state !== 'SUCCEEDED') return { kind: 'end', ending };
  return withPerson(subject, policy, ownError(ANSWER_NOT_BOOKED, reason));
}
