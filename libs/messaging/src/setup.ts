import '@payments/runtime/require-node';
import { ALL_TOPICS, TOPICS } from '@payments/contracts';
import { ConfigError, createLogger, kafkaOptions, processEnv, readConfig } from '@payments/runtime';
import { committedOffsets } from './committed-offsets.js';
import { createKafka } from './connection.js';
import { SchemaCodec } from './schema-codec.js';
import { setupSettings } from './setup-settings.js';
import { ensureTopics } from './topics.js';
import { within } from './within.js';

/** Kafka's client waits forever for a broker; whoever runs the set-up needs an error. */
const SETUP_MS_MAX = 90_000;

/**
 * `node dist/setup.js`: creates the catalogue's topics and registers its schemas. Run it before a release's services
 * start; it is idempotent. Exits with 2 if the configuration is invalid, and with 1 if a topic has a different number
 * of partitions, a schema is incompatible with the registered one, or a server does not answer.
 */
async function setUp(): Promise<void> {
  const config = readConfig(setupSettings, processEnv());
  const logger = createLogger({ service: 'setup', level: config.LOG_LEVEL });
  const kafka = createKafka({ ...kafkaOptions(config), clientId: 'setup', logger });
  const created = await ensureTopics(kafka, ALL_TOPICS, {
    replicationFactor: config.KAFKA_REPLICATION_FACTOR,
    minInSyncReplicas: config.KAFKA_MIN_INSYNC_REPLICAS,
  });
  logger.info({ created }, 'topics are in place');
  // A new cluster prepares for consumer groups when it is first asked for one: here, in place of each service's start.
  await committedOffsets(kafka, 'setup', TOPICS.webhookReceived.name);
  const codec = new SchemaCodec(config.SCHEMA_REGISTRY_URL);
  const specs = Object.values(TOPICS);
  for (const spec of specs) await codec.register(spec);
  logger.info({ subjects: specs.map(({ subject }) => subject) }, 'schemas are registered');
}

try {
  if (!(await within(SETUP_MS_MAX, setUp()))) {
    throw new Error(`not done within ${SETUP_MS_MAX / 1000} s: does Kafka answer at KAFKA_BROKERS?`);
  }
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
