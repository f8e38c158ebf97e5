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
   * Members of a group share the work; each record goes to one of them. In Kafka the topic is appended to the name
   * (`orders.payment.intent.events`), so that one id serves for all topics of a service: Kafka assigns members of one
   * group partitions of topics that they do not consume, and nobody else would read those.
   */
  readonly groupId: string;
  /** Consuming has stopped for good: exit, so that a supervisor starts a new process. */
  readonly onCrash: (error: Error) => void;
  /**
   * Called for a record that cannot be decoded, which is then skipped. Default: an error in the log. A record with an
   * unknown schema is retried first, and blocks its partition meanwhile; one with a schema that this release of the
   * client is too old for blocks it until a newer one is installed.
   */
  readonly onUnreadable?: (record: ConsumedRecord, error: Error) => void | Promise<void>;
  /**
   * Age of a record in milliseconds from which its unknown schema is no longer waited for (default 5 min): a registry
   * may learn of a new schema after its first records arrive, and a skipped record is never redelivered.
   */
  readonly unknownSchemaMsMax?: number;
}

const UNKNOWN_SCHEMA_MS_MAX = 5 * 60_000;

/**
 * Delivers the values of a topic, in sequence within each partition. A value whose handler rejects is redelivered
 * after a backoff, and blocks its partition meanwhile. Resolves once a broker answers, for which it waits without limit,
 * with warnings in the log.
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
