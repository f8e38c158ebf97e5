/** The queue is full: the record was not accepted. Retry later. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** No acknowledgement before the deadline. The record may be stored, now or later. */
export class SendDeadlineError extends Error {
  override readonly name = 'SendDeadlineError';
}

/** The record exceeds the topic's limit and was not accepted. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
}

/**
 * The broker rejected this record for good; `cause` says why. This attempt stored nothing. An earlier attempt whose
 * reply was lost may have, if the broker's settings changed in between (a permission revoked, a limit lowered).
 */
export class SendRefusedError extends Error {
  override readonly name = 'SendRefusedError';
  /** Its size or form is why: it would be refused again. Otherwise something around it is, such as a permission. */
  readonly isForContent: boolean;

  constructor(message: string, { isForContent, cause }: { isForContent: boolean; cause: unknown }) {
    super(message, { cause });
    this.isForContent = isForContent;
  }
}

/** The producer was closed before the record was sent: it is not stored. */
export class ProducerClosedError extends Error {
  override readonly name = 'ProducerClosedError';
}
