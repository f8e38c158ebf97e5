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
 * A logger that writes one JSON object a line. Secrets, signatures and card numbers are taken out of
 * the finished line, wherever they stand: in messages, in errors, in nested objects.
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

/** Written at once: lines stay in order, none waits in memory, and none is lost when the process dies. */
function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: true });
}
