/** Too much waits for the broker already: the record was not taken. Try again later. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** The broker did not acknowledge the record in time. It may be stored all the same, or be stored yet. */
export class SendDeadlineError extends Error {
  override readonly name = 'SendDeadlineError';
}

/** No topic takes a record of this size: the record was not taken. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
}

/** The broker refused for good, for example for want of rights; `cause` says why. Nothing was stored. */
export class SendRefusedError extends Error {
  override readonly name = 'SendRefusedError';
}

/** The producer was closed: before it took the record, or before the broker acknowledged it. */
export class ProducerClosedError extends Error {
  override readonly name = 'ProducerClosedError';
}
