import type { KafkaOptions, Logger } from '@payments/runtime';
import { Kafka, logLevel } from 'kafkajs';
import { mendIdleTimers } from './idle-timers.js';
import { socketsUntil } from './sockets-until.js';

export interface KafkaConnectionOptions extends KafkaOptions {
  /** Names this process in the broker's logs and quotas. */
  readonly clientId: string;
  readonly logger: Logger;
}

/** A way to a Kafka cluster; nothing is connected yet. */
export interface KafkaConnection extends Kafka {
  /**
   * The same cluster, but connections last until `signal` aborts: whoever has closed a client aborts it. A client of
   * kafkajs that is closed while it connects goes on for ever otherwise, and keeps its process alive.
   *
   * @param retries of each request (default: for as long as it takes)
   */
  until(signal: AbortSignal, retries?: number): Kafka;
  /** The same cluster, for clients other than kafkajs. */
  readonly address: KafkaOptions & { readonly clientId: string };
}

/**
 * Measured against broker restarts: kafkajs' own back-off stalls for up to 20 s; with this the first
 * acknowledgement comes within a second of the broker's return, and an outage rejects nothing by itself:
 * our own deadlines do.
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
    // That there is no broker at all is the one failure to connect that kafkajs does not retry.
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
    // kafkajs calls an error what it is about to retry; what cannot be retried reaches us as an exception.
    if (level === logLevel.ERROR || level === logLevel.WARN) logger.warn(line, message);
    else if (level === logLevel.INFO) logger.debug(line, message);
    else logger.trace(line, message);
  };
}
