import { ALL_TOPICS, TOPICS } from '@payments/contracts';
import {
  createLogger,
  kafkaOptions,
  kafkaSettings,
  processEnv,
  readConfig,
  serviceSettings,
  setting,
} from '@payments/runtime';
import { createKafka } from './connection.js';
import { SchemaCodec } from './schema-codec.js';
import { ensureTopics } from './topics.js';

/** Creates the catalogue's topics and registers its schemas: run once before a release's services start. */
const config = readConfig(
  {
    ...kafkaSettings,
    LOG_LEVEL: serviceSettings.LOG_LEVEL,
    KAFKA_REPLICATION_FACTOR: setting.integer({ doc: 'Replicas of each new topic.', default: 1, min: 1 }),
    KAFKA_MIN_INSYNC_REPLICAS: setting.integer({
      doc: 'Replicas that must have a record before it is acknowledged, for new topics.',
      default: 1,
      min: 1,
    }),
  },
  processEnv(),
);
const logger = createLogger({ service: 'setup', level: config.LOG_LEVEL });
const kafka = createKafka({ ...kafkaOptions(config), clientId: 'setup', logger });
const created = await ensureTopics(kafka, ALL_TOPICS, {
  replicationFactor: config.KAFKA_REPLICATION_FACTOR,
  minInSyncReplicas: config.KAFKA_MIN_INSYNC_REPLICAS,
});
logger.info({ created }, 'topics are in place');

const codec = new SchemaCodec(config.SCHEMA_REGISTRY_URL);
for (const spec of Object.values(TOPICS)) await codec.register(spec);
logger.info({ subjects: Object.values(TOPICS).map(({ subject }) => subject) }, 'schemas are registered');
