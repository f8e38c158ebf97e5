import { kafkaSettings, serviceSettings, setting } from '@payments/runtime';

/** Settings of `node dist/setup.js`. */
export const setupSettings = {
  ...kafkaSettings,
  LOG_LEVEL: serviceSettings.LOG_LEVEL,
  KAFKA_REPLICATION_FACTOR: setting.integer({
    doc: 'Replicas of each topic that is created. 3 in production: one machine may lose its disk.',
    default: 1,
    min: 1,
  }),
  KAFKA_MIN_INSYNC_REPLICAS: setting.integer({
    doc: 'Replicas that must have a record before it is acknowledged, for topics that are created. 2 in production.',
    default: 1,
    min: 1,
  }),
};
