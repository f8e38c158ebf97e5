export { BatchingProducer, type OutgoingRecord } from './batching-producer.js';
export {
  RegistryUnavailableError,
  SchemaAheadError,
  UndecodableError,
  UnknownSchemaIdError,
} from './codec-errors.js';
export { committedOffsets } from './committed-offsets.js';
export { createKafka, type KafkaConnection, type KafkaConnectionOptions } from './connection.js';
export type { ConsumedBatch, ConsumedRecord } from './consumed-batch.js';
export { type RunningConsumer, startConsumer } from './consumer.js';
export { NoAnswerError } from './produce-error.js';
export { SchemaCodec } from './schema-codec.js';
export { QueueFullError, RecordTooLargeError, SendDeadlineError, SendRefusedError } from './send-errors.js';
export type { RecordPosition } from './send-queue.js';
export { ensureTopics } from './topics.js';
