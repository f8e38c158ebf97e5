import {
  type AttemptCircumstances,
  type AttemptSubject,
  type CallFailed,
  decideAfterCall,
  decideChecked,
  decideFetched,
  decideFound,
  decideLook,
  decideNotAsked,
  decideNothingFound,
  decideSend,
  type EndStep,
  type PostponeStep,
} from '@payments/domain';
import type { WantedCall } from '../line/gateway-line.js';
import type { CallStep, MadeCall } from './make-call.js';

export type NextStep = CallStep | PostponeStep | EndStep;

export interface NextCircumstances extends AttemptCircumstances {
  /** Why a call must not be made now; null if it may. */
  readonly refusal: (wanted: WantedCall) => CallFailed | null;
}

/** The next step of a leased attempt. @param made the call just made under this lease */
export function decideNext(
  subject: AttemptSubject,
  circumstances: NextCircumstances,
  made: MadeCall | null,
): NextStep {
  const step =
    made === null ? decideFirst(subject, circumstances) : decideAfter(subject, circumstances, made);
  return step.kind === 'end' || step.kind === 'postpone' ? step : unlessRefused(subject, circumstances, step);
}

function decideFirst(subject: AttemptSubject, { policy }: NextCircumstances): NextStep {
  return subject.attempt.state === 'PENDING' ? decideSend(subject, policy) : decideLook(subject);
}

function decideAfter(
  subject: AttemptSubject,
  circumstances: NextCircumstances,
  { step, answer, failed }: MadeCall,
): NextStep {
  const facts = answer?.facts ?? [];
  switch (step.kind) {
    case 'send':
      return decideAfterCall(subject, failed ?? { kind: 'answered', facts }, circumstances);
    case 'inquire':
      if (failed !== null) return decideNotAsked(subject, failed, circumstances);
      return answer === null ? decideNothingFound(subject, circumstances) : decideFound(subject, facts);
    case 'fetch':
      if (failed !== null) return decideNotAsked(subject, failed, circumstances);
      return answer === null
        ? decideNothingFound(subject, circumstances)
        : decideFetched(subject, answer, circumstances);
    case 'check':
      return decideChecked(subject, circumstances.policy, answer === null && failed === null);
  }
}

/** A call that must not be made now counts as one that failed to connect: nothing was executed. */
function unlessRefused(subject: AttemptSubject, circumstances: NextCircumstances, step: CallStep): NextStep {
  const { operation } = subject.attempt;
  const refusal = circumstances.refusal({ kind: step.kind, operation });
  if (refusal === null) return step;
  if (step.kind === 'check') return decideChecked(subject, circumstances.policy);
  if (step.kind === 'send' && !step.isResend) return decideAfterCall(subject, refusal, circumstances);
  return decideNotAsked(subject, refusal, circumstances);
}
