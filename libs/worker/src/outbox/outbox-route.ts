import type { TopicSpec } from '@payments/contracts';
import type { PendingRow } from '@payments/persistence';

/** How the rows of one topic become records. */
export interface OutboxRoute<Value = unknown> {
  readonly spec: TopicSpec<Value>;
  /** The Avro value of a row. @throws PayloadError */
  toValue(row: Pick<PendingRow, 'payload' | 'version' | 'key'>): Value;
}

/** A row's payload is not what its topic carries: no relay of this version can ever send it. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}
