import { createKafka, type KafkaConnection, type KafkaConnectionOptions } from '@payments/messaging';
import { createLogger, type Logger, Metrics, nodeProblem } from '@payments/runtime';

/** How to reach the brokers and the schema registry, and on whose behalf. */
export interface ClientOptions extends Pick<KafkaConnectionOptions, 'brokers' | 'sasl' | 'tls'> {
  /** The order service's name: in the brokers' logs, and as the sender of its commands. */
  readonly service: string;
  /** URL of a Confluent-compatible registry; may contain user and password. */
  readonly registryUrl: string;
  /** Default: warnings and errors go to standard output as JSON. */
  readonly logger?: Logger;
  /** Default: no metrics. */
  readonly metrics?: Metrics;
}

export interface Connection {
  readonly kafka: KafkaConnection;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** @throws Error if this Node.js is too old */
export function connect({ service, brokers, sasl, tls, ...given }: ClientOptions): Connection {
  const problem = nodeProblem();
  if (problem !== undefined) throw new Error(problem);
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
