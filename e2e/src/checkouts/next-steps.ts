import type { Checkout, Step } from './plan.js';
import { SENT_IN_STATUS } from './plan.js';
import type { Progress } from './progress.js';

/** What has been sent for a checkout. */
export interface Sent {
  /** Number of commands, the creation included. */
  readonly commands: number;
  /** Number of steps that are done. */
  readonly steps: number;
}

export interface NextSteps {
  /** To be sent now, in this order. */
  readonly due: readonly Step[];
  /** What has been sent, including `due`. */
  readonly sent: Sent;
  /** Nothing is left to do, neither for the shop nor for a gateway. */
  readonly isSettled: boolean;
}

/** Decides what the shop sends next for a payment in this state. */
export function nextSteps({ steps }: Pick<Checkout, 'steps'>, sent: Sent, progress: Progress): NextSteps {
  const { status } = progress;
  const isQuiet = progress.commands >= sent.commands && progress.openCalls === 0;
  const due: Step[] = [];
  let done = sent.steps;
  for (const step of steps.slice(sent.steps)) {
    if (step.type === 'confirm') {
      // The customer tries again as long as the payment requires a payment method.
      if (status === SENT_IN_STATUS.confirm && isQuiet) due.push(step);
      if (status !== SENT_IN_STATUS.refund) break;
    } else {
      if (status !== SENT_IN_STATUS[step.type]) break;
      due.push(step);
    }
    done += 1;
  }
  const isEnd =
    status === 'FAILED' || status === 'CANCELED' || (status === 'SUCCEEDED' && done === steps.length);
  return {
    due,
    sent: { commands: sent.commands + due.length, steps: done },
    isSettled: isEnd && isQuiet && due.length === 0 && progress.refundPending === 0,
  };
}
