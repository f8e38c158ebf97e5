import { parseSealKeys } from '@payments/contracts';
import {
  type ConfigOf,
  kafkaSettings,
  postgresSettings,
  redisSettings,
  serviceSettings,
  setting,
} from '@payments/runtime';

/** Settings of every worker: its connections, and the default of `PORT`. */
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

/** For workers that open webhook bodies or compute fingerprints. */
export const sealSettings = {
  SEAL_KEYS: setting.parsed({
    doc: 'Keys that open webhook bodies, newest first. The first is also used for the fingerprints of commands that contained a card number.',
    form: 'id:base64 of 32 bytes, comma-separated',
    secret: true,
    parse: parseSealKeys,
  }),
} as const;

/** For workers that consume a topic; each under a name of its own, since they are tuned separately. */
export const transactionsConcurrently = setting.integer({
  doc: 'Concurrent transactions; each takes a database connection.',
  default: 4,
  min: 1,
  max: 64,
});
