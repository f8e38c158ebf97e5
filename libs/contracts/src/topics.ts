import { type CommandOutcome, commandOutcomeSchema } from './generated/command-outcome.js';
import { type GatewayCommand, gatewayCommandSchema } from './generated/gateway-command.js';
import { type PaymentIntentCommand, paymentIntentCommandSchema } from './generated/payment-intent-command.js';
import { type PaymentIntentEvent, paymentIntentEventSchema } from './generated/payment-intent-event.js';
import { type WebhookReceived, webhookReceivedSchema } from './generated/webhook-received.js';

/** An Avro schema as parsed JSON. */
export type AvroSchema = Readonly<Record<string, unknown>>;

/** What a topic is created with. Replication belongs to the cluster, not to the contract. */
export interface TopicSetup {
  readonly name: string;
  /** Never changes once the topic exists: the partition of a key, and so its order, depends on it. */
  readonly partitions: number;
  /** Topic settings of Kafka, by Kafka's names. */
  readonly config: Readonly<Record<string, string>>;
}

/** A topic whose values are Avro, written under one subject of the schema registry. */
export interface TopicSpec<Value = unknown> extends TopicSetup {
  readonly subject: string;
  readonly schema: AvroSchema;
  /** Ties the spec to the type of its values for the compiler; never set. */
  readonly valueType?: Value;
}

/**
 * The broker stores whatever it is sent uncompressed: consumers here can read nothing but gzip, and one zstd
 * record of a foreign producer would stop them for good. It also makes the size limit hold for what is unpacked.
 */
const COMPRESSION = 'uncompressed';
const PARTITIONS = 12;
const RETENTION_MS = 14 * 24 * 60 * 60 * 1000;
/** A body of at most 1 MiB, sealed, with room to spare. Kafka applies it to a record batch. */
const RECORD_BATCH_BYTES_MAX = 2 * 1024 * 1024;
/** A dead letter is the original record with headers about its failure: it must always fit. */
const DEAD_LETTER_HEADERS_BYTES_MAX = 64 * 1024;

/** The topics that carry Avro values, by the name that code uses. */
export const TOPICS = {
  webhookReceived: topic<WebhookReceived>('payment.webhook.received', webhookReceivedSchema),
  /** Keyed by the public intent id. */
  intentCommands: topic<PaymentIntentCommand>('payment.intent.commands', paymentIntentCommandSchema),
  /** Keyed by the public intent id; one for each command, at least once. */
  commandOutcomes: topic<CommandOutcome>('payment.command.outcomes', commandOutcomeSchema),
  /** Keyed by the public intent id; a topic for each gateway, so that one that is slow holds up no other. */
  stripeCommands: topic<GatewayCommand>('payment.gateway.commands.stripe', gatewayCommandSchema),
  paypalCommands: topic<GatewayCommand>('payment.gateway.commands.paypal', gatewayCommandSchema),
  razorpayCommands: topic<GatewayCommand>('payment.gateway.commands.razorpay', gatewayCommandSchema),
  /** Keyed by the public intent id; versions of one intent in order, at least once. */
  intentEvents: topic<PaymentIntentEvent>('payment.intent.events', paymentIntentEventSchema),
} as const;

/** Every topic to create: those of {@link TOPICS} and a dead-letter topic for each. */
export const ALL_TOPICS: readonly TopicSetup[] = Object.values(TOPICS).flatMap((spec) => [
  spec,
  deadLetterSetup(spec),
]);

/** The topic that takes what cannot be processed from `topicName`: the original key and bytes. */
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
