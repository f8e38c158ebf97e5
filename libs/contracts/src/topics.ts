import { type CommandOutcome, commandOutcomeSchema } from './generated/command-outcome.js';
import { type GatewayCommand, gatewayCommandSchema } from './generated/gateway-command.js';
import { type PaymentIntentCommand, paymentIntentCommandSchema } from './generated/payment-intent-command.js';
import { type PaymentIntentEvent, paymentIntentEventSchema } from './generated/payment-intent-event.js';
import { type WebhookReceived, webhookReceivedSchema } from './generated/webhook-received.js';

/** An Avro schema as parsed JSON. */
export type AvroSchema = Readonly<Record<string, unknown>>;

/** How a topic is created. The replication factor is the cluster's choice, not part of the contract. */
export interface TopicSetup {
  readonly name: string;
  /** Fixed once the topic exists: it determines the partition of a key, and so the order. */
  readonly partitions: number;
  /** Kafka's topic settings by name. */
  readonly config: Readonly<Record<string, string>>;
}

/** A topic with Avro values, registered under one subject of the schema registry. */
export interface TopicSpec<Value = unknown> extends TopicSetup {
  readonly subject: string;
  readonly schema: AvroSchema;
  /** Ties the spec to its value type for the compiler; never set. */
  readonly valueType?: Value;
}

/**
 * The broker decompresses whatever producers send: consumers here can only read gzip, and one zstd record of a
 * foreign producer would stop them for good. It also makes the size limit apply to uncompressed data.
 */
const COMPRESSION = 'uncompressed';
const PARTITIONS = 12;
const RETENTION_MS = 14 * 24 * 60 * 60 * 1000;
/** Fits a sealed body of at most 1 MiB. Kafka applies the limit to record batches. */
const RECORD_BATCH_BYTES_MAX = 2 * 1024 * 1024;
/** A dead letter is the original record plus headers about its failure: it must always fit. */
const DEAD_LETTER_HEADERS_BYTES_MAX = 64 * 1024;

/** The topics with Avro values, by the name that code uses. */
export const TOPICS = {
  webhookReceived: topic<WebhookReceived>('payment.webhook.received', webhookReceivedSchema),
  /** Keyed by the public intent id. */
  intentCommands: topic<PaymentIntentCommand>('payment.intent.commands', paymentIntentCommandSchema),
  /** Keyed by the public intent id; one outcome per command, at least once. */
  commandOutcomes: topic<CommandOutcome>('payment.command.outcomes', commandOutcomeSchema),
  /** Keyed by the public intent id; one topic per gateway, so that a slow one does not delay the others. */
  stripeCommands: topic<GatewayCommand>('payment.gateway.commands.stripe', gatewayCommandSchema),
  paypalCommands: topic<GatewayCommand>('payment.gateway.commands.paypal', gatewayCommandSchema),
  razorpayCommands: topic<GatewayCommand>('payment.gateway.commands.razorpay', gatewayCommandSchema),
  /** Keyed by the public intent id; versions of one intent in order, at least once. */
  intentEvents: topic<PaymentIntentEvent>('payment.intent.events', paymentIntentEventSchema),
} as const;

/** Every topic to create: those of {@link TOPICS}, each with its dead-letter topic. */
export const ALL_TOPICS: readonly TopicSetup[] = Object.values(TOPICS).flatMap((spec) => [
  spec,
  deadLetterSetup(spec),
]);

/** The dead-letter topic of `topicName`: records keep the original key and bytes. */
export function deadLetterTopicOf(topicName: string): string {
  return `${topicName}.dlq`;
}

function topic<Value>(name: string, schema: AvroSchema): TopicSpec<Value> {
  return {
    name,
    partitions: PARTITIONS,
    config: {
      'cleanup.policy': 'delete',
      'compression.type': COMPRESSION,
      'max.message.bytes': String(RECORD_BATCH_BYTES_MAX),
      'retention.ms': String(RETENTION_MS),
    },
    subject: `${name}-value`,
    schema,
  };
}

function deadLetterSetup(original: TopicSetup): TopicSetup {
  return {
    name: deadLetterTopicOf(original.name),
    partitions: original.partitions,
    config: {
      'cleanup.policy': 'delete',
      'compression.type': COMPRESSION,
      'max.message.bytes': String(RECORD_BATCH_BYTES_MAX + DEAD_LETTER_HEADERS_BYTES_MAX),
      'retention.ms': '-1',
    },
  };
}
