import { awaitsApproval, holdForPayer, holdUnlessGone } from './await-approval.js';
import { decideSend } from './decide-send.js';
import type { AttemptPolicy } from './policy.js';
import type { EndStep, PostponeStep } from './step.js';
import type { AttemptSubject } from './subject.js';

/**
 * After the order of an attempt that waits for its payer was read, or could not be: it continues to wait, or is due
 * now, to be sent or to end because of what the order showed. It ends here if the gateway has closed the order.
 *
 * @param subject read after the order's facts were applied to its payment
 * @param isGone the gateway knows no such order
 */
export function decideChecked(
  subject: AttemptSubject,
  policy: AttemptPolicy,
  isGone = false,
): PostponeStep | EndStep {
  const { now } = subject;
  const attempt = { ...subject.attempt, inquiries: subject.attempt.inquiries + 1 };
  const after = { ...subject, attempt };
  const next = decideSend(after, policy);
  switch (next.kind) {
    case 'check':
      return isGone ? holdUnlessGone(after, policy) : holdForPayer(after, policy);
    case 'postpone':
      return isGone && awaitsApproval(after) ? holdUnlessGone(after, policy) : next;
    case 'send':
    case 'end':
      return { kind: 'postpone', attempt, dueAt: now };
  }
}
