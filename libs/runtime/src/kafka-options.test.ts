import { expect, test } from '@jest/globals';
import { readConfig } from './config.js';
import { kafkaOptions } from './kafka-options.js';
import { kafkaSettings } from './setting-groups.js';

const BASE = { KAFKA_BROKERS: 'a:9092,b:9092', SCHEMA_REGISTRY_URL: 'http://r' };

function optionsFor(env: Record<string, string>) {
  return kafkaOptions(readConfig(kafkaSettings, { ...BASE, ...env }));
}

test('brokers alone speak plain text without a login', () => {
  expect(optionsFor({})).toEqual({ brokers: ['a:9092', 'b:9092'] });
});

test('login and certificates are passed on', () => {
  const env = {
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: 'u',
    KAFKA_SASL_PASSWORD: 'p',
    KAFKA_TLS_ENABLED: 'true',
    KAFKA_TLS_CA: 'pem',
  };
  expect(optionsFor(env)).toEqual({
    brokers: ['a:9092', 'b:9092'],
    sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
    tls: { ca: 'pem' },
  });
});

test.each([
  [{ KAFKA_SASL_USERNAME: 'u' }, 'set all three or none'],
  [{ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' }, 'set all three or none'],
  [{ KAFKA_TLS_CA: 'pem' }, 'need KAFKA_TLS_ENABLED=true'],
  [{ KAFKA_TLS_ENABLED: 'true', KAFKA_TLS_CERT: 'pem' }, 'set both or none'],
])('%j is half a configuration: %s', (env, problem) => {
  expect(() => optionsFor(env)).toThrow(problem);
});
