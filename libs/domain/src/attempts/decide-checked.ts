import { holdForPayer } from './await-approval.js';
import { decideSend } from './decide-send.js';
import type { AttemptPolicy } from './policy.js';
import type { PostponeStep } from './step.js';
import type { AttemptSubject } from './subject.js';

/**
 * After the order of an attempt that waits for its payer was read, or could not be: it continues to wait, or is due
 * now, to be sent or to end because of what the order showed.
 *
 * @param subject read after the order's facts were applied to its payment
 */
export function decideChecked(subject: AttemptSubject, policy: AttemptPolicy): PostponeStep {
  const { now } = subject;
  const attempt = { ...subject.attempt, inquiries: subject.attempt.inquiries + 1 };
  const next = decideSend({ ...subject, attempt }, policy);
  switch (next.kind) {
    case 'check':
      return holdForPayer({ ...subject, attempt }, policy);
    case 'postpone':
      return next;
    case 'send':
    case 'end':
      return { kind: 'postpone', attempt, dueAt: now };
  }
}
