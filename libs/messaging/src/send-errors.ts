/** Too much waits for the broker already: the record was not taken. Try again later. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** The broker did not acknowledge the record in time. It may be stored all the same, or be stored yet. */
export class SendDeadlineError extends Error {
  override readonly name = 'SendDeadlineError';
}

/** The topic takes no record of this size: the record was not taken. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
}

/**
 * The broker refused this very record for good; `cause` says why. That attempt stored nothing; an earlier one of
 * the same send, whose reply was lost, may have, if the broker's mind changed in between (a right withdrawn, a
 * limit lowered).
 */
export class SendRefusedError extends Error {
  override readonly name = 'SendRefusedError';
}

/** The producer was closed before the record was on its way: it was not stored. */
export class ProducerClosedError extends Error {
  override readonly name = 'ProducerClosedError';
}
