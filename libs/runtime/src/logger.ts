import {
  type DestinationStream,
  type Logger,
  type LoggerOptions,
  pino,
  stdSerializers,
  stdTimeFunctions,
} from 'pino';
import { scrubLine } from './scrub-line.js';

export type { Logger };

export interface CreateLoggerOptions {
  readonly service: string;
  readonly level?: string;
  /** Standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * A logger that writes one JSON object a line. Secrets, signatures and card numbers are taken out of
 * the finished line, wherever they stand: in messages, in errors, in nested objects.
 */
export function createLogger({ service, level = 'info', destination }: CreateLoggerOptions): Logger {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: stdSerializers.err, error: stdSerializers.err },
    hooks: { streamWrite: scrubLine },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
