import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import { scrubLine } from './scrub-line.js';
import { serializeError } from './serialize-error.js';

export type { Logger };

export interface CreateLoggerOptions {
  readonly service: string;
  readonly level?: string;
  /** Standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * A logger that writes one JSON object per line. Secrets, signatures and card numbers are redacted in the finished
 * line, wherever they occur: in messages, errors and nested objects.
 */
export function createLogger({
  service,
  level = 'info',
  destination = standardOutput(),
}: CreateLoggerOptions): Logger {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializeError, error: serializeError },
    hooks: { streamWrite: scrubLine },
  };
  return pino(options, destination);
}

/** Synchronous: lines stay in order, none is buffered, and none is lost when the process dies. */
function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: true });
}
