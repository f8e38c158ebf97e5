import type { Checkout, Step } from './plan.js';
import { TAKEN_AT } from './plan.js';
import type { Progress } from './progress.js';

/** What was sent for a checkout so far. */
export interface Taken {
  /** Commands, the creation included. */
  readonly commands: number;
  /** Steps that need not be thought of any more. */
  readonly steps: number;
}

export interface NextSteps {
  /** To be sent now, in this order. */
  readonly due: readonly Step[];
  /** As {@link Taken} is once they were. */
  readonly taken: Taken;
  /** Nothing more is to come, neither from the shop nor from a gateway. */
  readonly isSettled: boolean;
}

/** What the shop does about a payment that stands like this. */
export function nextSteps({ steps }: Pick<Checkout, 'steps'>, taken: Taken, progress: Progress): NextSteps {
  const { status } = progress;
  const isQuiet = progress.commands >= taken.commands && progress.openCalls === 0;
  const due: Step[] = [];
  let done = taken.steps;
  for (const step of steps.slice(taken.steps)) {
    if (step.type === 'confirm') {
      // The customer tries again as long as that is asked for.
      if (status === TAKEN_AT.confirm && isQuiet) due.push(step);
      if (status !== TAKEN_AT.refund) break;
    } else {
      if (status !== TAKEN_AT[step.type]) break;
      due.push(step);
    }
    done += 1;
  }
  const isEnd =
    status === 'FAILED' || status === 'CANCELED' || (status === 'SUCCEEDED' && done === steps.length);
  return {
    due,
    taken: { commands: taken.commands + due.length, steps: done },
    isSettled: isEnd && isQuiet && due.length === 0 && progress.refundPending === 0,
  };
}
