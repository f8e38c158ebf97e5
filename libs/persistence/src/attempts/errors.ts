import type { AttemptId } from '@payments/domain';

/** Another worker holds the lease, or the attempt has ended: this worker must not write what it knows. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export function leaseLost({ attemptId }: { readonly attemptId: AttemptId }): LeaseLostError {
  return new LeaseLostError(`attempt ${attemptId} is held by another worker, or has ended`);
}

/** Another call that moves money is open for the intent: this one has to wait. Expected, not a fault. */
export class AnotherIsOpenError extends Error {
  override readonly name = 'AnotherIsOpenError';
}

/** The intent's row was archived with its partition: the attempt can neither be decided nor reported. */
export class IntentArchivedError extends Error {
  override readonly name = 'IntentArchivedError';
}

/** The gateway's answer cannot be applied, for the reason in the message: roll back. */
export class AnswerNotBookedError extends Error {
  override readonly name = 'AnswerNotBookedError';
}

/** There is no unknown outcome to decide, or the verdict is incomplete. */
export class VerdictRefusedError extends Error {
  override readonly name = 'VerdictRefusedError';
}
