export { BatchingProducer, type BatchingProducerOptions, type OutgoingRecord } from './batching-producer.js';
export {
  IncompatibleSchemaError,
  RegistryUnavailableError,
  UndecodableError,
  UnknownSchemaIdError,
} from './codec-errors.js';
export { createKafka, type KafkaConnection, type KafkaConnectionOptions } from './connection.js';
export type { ConsumedBatch, ConsumedRecord } from './consumed-batch.js';
export { type ConsumerOptions, type RunningConsumer, startConsumer } from './consumer.js';
export type { TopicPartition } from './partition-holds.js';
export { SchemaCodec } from './schema-codec.js';
export {
  ProducerClosedError,
  QueueFullError,
  RecordTooLargeError,
  SendDeadlineError,
  SendRefusedError,
} from './send-errors.js';
export type { RecordPosition } from './send-queue.js';
export { setupSettings } from './setup-settings.js';
export { ensureTopics, TopicMismatchError, type TopicPlacement } from './topics.js';
