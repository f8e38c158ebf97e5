import { setting } from './settings.js';

/** Settings of every service. A service with a port of its own overrides PORT. */
export const serviceSettings = {
  PORT: setting.port({
    doc: 'Port of the HTTP server: its API if it has one, metrics and health.',
    default: 8080,
  }),
  LOG_LEVEL: setting.oneOf({
    doc: 'Lowest level that is logged.',
    values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    default: 'info',
  }),
  SHUTDOWN_DEADLINE_MS: setting.milliseconds({
    doc: 'How long an orderly shutdown may take before the process exits with 1. Keep it below the grace period of whatever runs the process.',
    default: 25_000,
    min: 1,
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting.url({
    doc: 'Where traces go (OTLP over HTTP, without the path /v1/traces). Without it nothing is traced.',
    optional: true,
  }),
} as const;

export const kafkaSettings = {
  KAFKA_BROKERS: setting.list({ doc: 'Kafka brokers to start from, each as host:port.' }),
  KAFKA_SASL_MECHANISM: setting.oneOf({
    doc: 'How to log in to Kafka. Without it there is no login.',
    values: ['plain', 'scram-sha-256', 'scram-sha-512'],
    optional: true,
  }),
  KAFKA_SASL_USERNAME: setting.text({ doc: 'Kafka user, with KAFKA_SASL_MECHANISM.', optional: true }),
  KAFKA_SASL_PASSWORD: setting.secret({ doc: 'Its password.', optional: true }),
  KAFKA_TLS_ENABLED: setting.boolean({ doc: 'Whether to speak TLS to Kafka.', default: false }),
  KAFKA_TLS_CA: setting.text({
    doc: "CA certificates (PEM) for checking Kafka's; Node's own by default.",
    optional: true,
  }),
  KAFKA_TLS_CERT: setting.text({ doc: 'Client certificate (PEM) for mutual TLS.', optional: true }),
  KAFKA_TLS_KEY: setting.secret({ doc: 'Its private key (PEM).', optional: true }),
  SCHEMA_REGISTRY_URL: setting.url({
    doc: "Schema registry with Confluent's API; may hold user and password.",
  }),
} as const;

export const postgresSettings = {
  DATABASE_URL: setting.url({
    doc: 'Primary Postgres, directly or through a pooler in session mode: sessions carry settings and prepared statements, LISTEN, and COPY whose data is not asked for.',
    protocols: ['postgres:', 'postgresql:'],
  }),
  READ_DATABASE_URL: setting.url({
    doc: 'Read replica for histories; by default the primary.',
    protocols: ['postgres:', 'postgresql:'],
    optional: true,
  }),
  DATABASE_POOL_SIZE: setting.integer({
    doc: 'Maximum number of Postgres connections per process.',
    default: 10,
    min: 1,
    max: 500,
  }),
} as const;

export const redisSettings = {
  REDIS_URL: setting.url({
    doc: 'Redis, used as a cache only: while it is down everything still works, more slowly.',
    protocols: ['redis:', 'rediss:'],
  }),
} as const;

export const apiKeySettings = {
  API_KEYS_FILE: setting.text({
    doc: 'File with the hashes of the API keys that callers need, reread when it changes (docs/adr/0020). Without it every caller is refused.',
    optional: true,
  }),
} as const;
