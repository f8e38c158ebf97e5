import type { AttemptId } from '@payments/domain';

/** Another worker holds the attempt by now, or it has ended: what this one knows of it is not to be written. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export function leaseLost({ attemptId }: { readonly attemptId: AttemptId }): LeaseLostError {
  return new LeaseLostError(`attempt ${attemptId} is held by another worker, or has ended`);
}

/** Another call that moves money is open for the intent: this one waits. Expected, and not an error to anybody. */
export class AnotherIsOpenError extends Error {
  override readonly name = 'AnotherIsOpenError';
}

/** The intent's row went with its partition: nothing of an attempt can be decided here, or told to anybody. */
export class IntentArchivedError extends Error {
  override readonly name = 'IntentArchivedError';
}

/** What a gateway told cannot be booked, for the reason that the message says: roll back, nothing of it counts. */
export class AnswerNotBookedError extends Error {
  override readonly name = 'AnswerNotBookedError';
}

/** There is no unknown outcome to give a verdict on, or the verdict lacks what it needs. */
export class VerdictRefusedError extends Error {
  override readonly name = 'VerdictRefusedError';
}
