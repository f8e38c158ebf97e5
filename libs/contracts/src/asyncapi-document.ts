import { TOPICS, type TopicSpec } from './topics.js';

const KEYS: Readonly<Record<string, string>> = {
  webhookReceived: "The gateway's own id of the payment, else of the event.",
};
const INTENT_KEY = "The intent's public id: records of one intent stay in order.";

/** Whether services outside the pipeline send or receive a topic's records, if either. */
const OPERATIONS = {
  sendCommand: { topic: 'intentCommands', action: 'send', summary: 'Sends a command to a payment intent.' },
  receiveOutcome: {
    topic: 'commandOutcomes',
    action: 'receive',
    summary: 'Receives the outcome of a command, at least once.',
  },
  receiveIntentEvent: {
    topic: 'intentEvents',
    action: 'receive',
    summary:
      'Receives each change of an intent, in order and at least once: drop versions that are not newer.',
  },
} as const satisfies Record<string, { topic: keyof typeof TOPICS; action: string; summary: string }>;

/** AsyncAPI 3.0 document of the topics from an order service's point of view, with the registered Avro schemas. */
export function asyncApiDocument(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Payment pipeline: topics',
      version: '1.0.0',
      description:
        "Values are Avro in Confluent's framing: a zero byte, the schema's id at the registry, the value. W3C " +
        'traceparent travels in the headers.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/vnd.apache.avro',
    servers: {
      local: { host: '127.0.0.1:19092', protocol: 'kafka', description: 'The local stack.' },
    },
    channels: mapTopics(channelOf),
    operations: Object.fromEntries(
      Object.entries(OPERATIONS).map(([name, { topic, action, summary }]) => [
        name,
        { action, summary, channel: { $ref: `#/channels/${topic}` } },
      ]),
    ),
    components: { messages: mapTopics(messageOf) },
  };
}

function mapTopics(describe: (name: string, spec: TopicSpec) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(TOPICS).map(([name, spec]) => [name, describe(name, spec)]));
}

function channelOf(name: string, spec: TopicSpec): object {
  return {
    address: spec.name,
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
    bindings: {
      kafka: {
        topic: spec.name,
        partitions: spec.partitions,
        topicConfiguration: {
          'cleanup.policy': [spec.config['cleanup.policy']],
          'retention.ms': Number(spec.config['retention.ms']),
          'max.message.bytes': Number(spec.config['max.message.bytes']),
        },
        bindingVersion: '0.5.0',
      },
    },
  };
}

function messageOf(name: string, { subject, schema }: TopicSpec): object {
  return {
    name: String(schema.name),
    summary: String(schema.doc),
    payload: { schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0', schema },
    bindings: {
      kafka: {
        key: { type: 'string', description: KEYS[name] ?? INTENT_KEY },
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: '4',
        schemaLookupStrategy: `TopicNameStrategy (${subject})`,
        bindingVersion: '0.5.0',
      },
    },
  };
}
