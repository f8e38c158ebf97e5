import type { TopicSpec } from '@payments/contracts';
import {
  type ConsumedBatch,
  type ConsumedRecord,
  type RunningConsumer,
  SchemaCodec,
  startConsumer,
  UndecodableError,
  UnknownSchemaIdError,
} from '@payments/messaging';
import { type ClientOptions, connect } from './connection.js';

export interface ConsumeOptions extends ClientOptions {
  /**
   * Members of one group share the work; each record goes to one of them. Kafka's name of it has the topic's behind it
   * (`orders.payment.intent.events`), so that one id does for all that a service consumes: members of one Kafka group
   * are handed partitions of topics that they do not read, and nobody else reads those.
   */
  readonly groupId: string;
  /** Consuming has ended for good: exit, so that a supervisor starts a new process. */
  readonly onCrash: (error: Error) => void;
  /**
   * Told of a record that no schema of the registry reads. It is passed over; without this, with an error line. One
   * whose schema is unknown is waited for first, with what follows in its partition; one of a schema that this release
   * of the client is too old for waits until a newer one is installed.
   */
  readonly onUnreadable?: (record: ConsumedRecord, error: Error) => void | Promise<void>;
  /**
   * How old a record is, in milliseconds, when its schema is no longer waited for (default 5 min): a registry may hear
   * of a new schema later than its first records come, and what is passed over never comes again.
   */
  readonly unknownSchemaMsMax?: number;
}

const UNKNOWN_SCHEMA_MS_MAX = 5 * 60_000;

/**
 * Hands over the values of a topic, one after the other in each partition. A value whose handler rejects comes
 * again after a moment, and what follows in its partition waits behind it.
 */
export function consumeValues<Value>(
  options: ConsumeOptions,
  topic: TopicSpec<Value>,
  onValue: (value: Value) => Promise<void>,
): Promise<RunningConsumer> {
  const connection = connect(options);
  const codec = new SchemaCodec(options.registryUrl);
  const unknownMsMax = options.unknownSchemaMsMax ?? UNKNOWN_SCHEMA_MS_MAX;
  const unreadable =
    options.onUnreadable ??
    (({ partition, offset }: ConsumedRecord, error: Error) =>
      connection.logger.error({ topic: topic.name, partition, offset, err: error }, 'unreadable record'));

  const valueIn = async (record: ConsumedRecord): Promise<Value | undefined> => {
    try {
      return record.value === null ? undefined : await codec.decode(topic, record.value);
    } catch (error) {
      if (!(error instanceof UndecodableError || isUnknownFor(error, record, unknownMsMax))) throw error;
      await unreadable(record, error);
      return undefined;
    }
  };
  const onBatch = async ({ records, signal, resolve }: ConsumedBatch): Promise<void> => {
    for (const record of records) {
      if (signal.aborted) return;
      const value = await valueIn(record);
      if (value !== undefined) await onValue(value);
      resolve(BigInt(record.offset));
    }
  };
  const { onCrash } = options;
  const groupId = `${options.groupId}.${topic.name}`;
  return startConsumer({ ...connection, groupId, onCrash, topics: [topic.name], onBatch });
}

/** By the clock of the record's sender, which may be ahead. */
function isUnknownFor(
  error: unknown,
  { timestamp }: ConsumedRecord,
  ms: number,
): error is UnknownSchemaIdError {
  return error instanceof UnknownSchemaIdError && Math.abs(Date.now() - timestamp) >= ms;
}
