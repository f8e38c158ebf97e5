import type { TopicSpec } from '@payments/contracts';
import type { PendingRow } from '@payments/persistence';

/** Converts the rows of one topic to records. */
export interface OutboxRoute<Value = unknown> {
  readonly spec: TopicSpec<Value>;
  /** The row's Avro value. @throws PayloadError */
  toValue(row: Pick<PendingRow, 'payload' | 'version' | 'key'>): Value;
}

/** A payload does not match its topic: no relay of this release can ever publish it. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}
