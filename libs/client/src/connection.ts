import { createKafka, type KafkaConnection, type KafkaConnectionOptions } from '@payments/messaging';
import { createLogger, type Logger, Metrics } from '@payments/runtime';

/** Where the brokers and the schema registry are, and who asks. */
export interface ClientOptions extends Pick<KafkaConnectionOptions, 'brokers' | 'sasl' | 'tls'> {
  /** The order service's name: in the brokers' logs, and as the sender of its commands. */
  readonly service: string;
  /** Of the registry's API as Confluent has it; may hold user and password. */
  readonly registryUrl: string;
  /** Without one, warnings and errors go to standard output as JSON. */
  readonly logger?: Logger;
  /** Without them nothing is measured. */
  readonly metrics?: Metrics;
}

export interface Connection {
  readonly kafka: KafkaConnection;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function connect({ service, brokers, sasl, tls, ...given }: ClientOptions): Connection {
  const logger = given.logger ?? createLogger({ service, level: 'warn' });
  const metrics = given.metrics ?? new Metrics({ defaultMetrics: false });
  return {
    logger,
    metrics,
    kafka: createKafka({
      brokers,
      clientId: service,
      logger,
      ...(sasl ? { sasl } : {}),
      ...(tls ? { tls } : {}),
    }),
  };
}
