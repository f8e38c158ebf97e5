import { ConfigError } from './config.js';
import type { kafkaSettings } from './setting-groups.js';
import type { ConfigOf } from './settings.js';

/** How to connect to Kafka, according to the settings. */
export interface KafkaOptions {
  readonly brokers: string[];
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Present if TLS is on; certificates and key in PEM. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** @throws ConfigError if settings that belong together are incomplete */
export function kafkaOptions(config: ConfigOf<typeof kafkaSettings>): KafkaOptions {
  const problems: string[] = [];
  const options: { -readonly [Name in keyof KafkaOptions]: KafkaOptions[Name] } = {
    brokers: [...config.KAFKA_BROKERS],
  };
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = config;
  const { KAFKA_SASL_PASSWORD: password } = config;
  if (mechanism !== undefined && username !== undefined && password !== undefined) {
    options.sasl = { mechanism, username, password };
  } else if ((mechanism ?? username ?? password) !== undefined) {
    problems.push('KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD belong together: set all three or none');
  }
  const { KAFKA_TLS_CA: ca, KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key } = config;
  if (config.KAFKA_TLS_ENABLED) {
    options.tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  } else if ((ca ?? cert ?? key) !== undefined) {
    problems.push('KAFKA_TLS_CA, _CERT and _KEY need KAFKA_TLS_ENABLED=true');
  }
  if ((cert === undefined) !== (key === undefined)) {
    problems.push('KAFKA_TLS_CERT and KAFKA_TLS_KEY belong together: set both or none');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return options;
}
