/** Names of the headers that a record carries in a dead-letter topic. Values are UTF-8 text. */
export const DEAD_LETTER_HEADERS = {
  originalTopic: 'dlq.original.topic',
  originalPartition: 'dlq.original.partition',
  originalOffset: 'dlq.original.offset',
  /** The record's own timestamp, milliseconds since the epoch. */
  originalTimestamp: 'dlq.original.timestamp',
  consumerGroup: 'dlq.consumer.group',
  errorClass: 'dlq.error.class',
  errorCode: 'dlq.error.code',
  errorMessage: 'dlq.error.message',
  attempts: 'dlq.attempts',
  /** ISO 8601, UTC. */
  firstFailedAt: 'dlq.first.failed.at',
  replayCount: 'dlq.replay.count',
  /** Present if card numbers were redacted: keyed hashes of the originals, by `SealKeyring.fingerprint`. */
  fingerprint: 'dlq.fingerprint',
  /** Present if the value did not fit the dead-letter topic: its length at the original position. */
  valueBytes: 'dlq.value.bytes',
} as const;

export type DeadLetterHeader = (typeof DEAD_LETTER_HEADERS)[keyof typeof DEAD_LETTER_HEADERS];
