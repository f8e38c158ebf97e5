import type { KafkaOptions, Logger } from '@payments/runtime';
import { Kafka, logLevel } from 'kafkajs';
import { mendIdleTimers } from './idle-timers.js';
import { socketsUntil } from './sockets-until.js';

export interface KafkaConnectionOptions extends KafkaOptions {
  /** Identifies this process in the broker's logs and quotas. */
  readonly clientId: string;
  readonly logger: Logger;
}

/** Clients of a Kafka cluster. Nothing is connected yet. */
export interface KafkaConnection extends Kafka {
  /**
   * Connections of these clients last until `signal` aborts: abort it once a client is closed. A kafkajs client that
   * is closed while it connects otherwise retries forever and keeps its process alive.
   *
   * @param retries of each request (default: until it succeeds)
   */
  until(signal: AbortSignal, retries?: number): Kafka;
  /** For clients other than kafkajs. */
  readonly address: KafkaOptions & { readonly clientId: string };
}

/**
 * Measured against broker restarts: kafkajs' default backoff stalls for up to 20 s. With this one the first
 * acknowledgement comes within a second of the broker's return, and an outage alone rejects nothing: our own
 * deadlines do.
 */
export const RETRY = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  factor: 0.2,
  multiplier: 2,
  retries: 1_000_000,
};
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTION_TIMEOUT_MS = 1_000;

export function createKafka(options: KafkaConnectionOptions): KafkaConnection {
  mendIdleTimers();
  const { logger, ...address } = options;
  return Object.assign(kafkaWith(RETRY, options), {
    address,
    until: (signal: AbortSignal, retries = RETRY.retries) =>
      kafkaWith({ ...RETRY, retries }, options, signal),
  });
}

function kafkaWith(
  retry: typeof RETRY,
  { brokers, clientId, sasl, tls, logger }: KafkaConnectionOptions,
  until?: AbortSignal,
): Kafka {
  return new Kafka({
    clientId,
    // An empty list of brokers is the only connection failure that kafkajs does not retry.
    brokers: async () => (until?.aborted ? [] : [...brokers]),
    ...(until ? { socketFactory: socketsUntil(until) } : {}),
    ...(sasl ? { sasl } : {}),
    ...(tls ? { ssl: { ...tls } } : {}),
    retry,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    logCreator: () => bridgeTo(logger),
  } as ConstructorParameters<typeof Kafka>[0]);
}

function bridgeTo(
  logger: Logger,
): (entry: { level: logLevel; namespace: string; log: { message: string } }) => void {
  return ({ level, namespace, log: { message, ...details } }) => {
    const line = { ...details, kafkajs: namespace };
    // kafkajs logs at level error what it is about to retry; what it cannot retry reaches us as an exception.
    if (level === logLevel.ERROR || level === logLevel.WARN) logger.warn(line, message);
    else if (level === logLevel.INFO) logger.debug(line, message);
    else logger.trace(line, message);
  };
}
