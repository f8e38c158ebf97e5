import { parseSealKeys } from '@payments/contracts';
import {
  type ConfigOf,
  kafkaSettings,
  postgresSettings,
  redisSettings,
  serviceSettings,
  setting,
} from '@payments/runtime';

/** What every worker has: where its parts are, and `port` unless PORT says otherwise. */
export function workerSettings({ port }: { readonly port: number }) {
  return {
    ...serviceSettings,
    ...kafkaSettings,
    ...postgresSettings,
    ...redisSettings,
    PORT: setting.port({ doc: 'Port of /metrics and /health.', default: port }),
  } as const;
}

export type WorkerConfig = ConfigOf<ReturnType<typeof workerSettings>>;

/** For a worker that opens webhook bodies or makes fingerprints. */
export const sealSettings = {
  SEAL_KEYS: setting.parsed({
    doc: 'Keys that open webhook bodies, newest first. The first is also used for the fingerprints of commands that contained a card number.',
    form: 'id:base64 of 32 bytes, comma-separated',
    secret: true,
    parse: parseSealKeys,
  }),
} as const;

/** Of a worker that consumes a topic; each gives it a name of its own, since they are tuned apart. */
export const transactionsConcurrently = setting.integer({
  doc: 'Concurrent transactions; each takes a database connection.',
  default: 4,
  min: 1,
  max: 64,
});
