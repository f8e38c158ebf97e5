import { parseArgs } from 'node:util';
import { parseSealKeys } from '@payments/contracts';
import { kafkaSettings, postgresSettings, processEnv, readConfig, setting } from '@payments/runtime';

const COUNT_DEFAULT = 3_000;
const COUNT_MAX = 100_000;

/** The settings of `make env` that the demo needs. */
const demoSettings = {
  ...kafkaSettings,
  DATABASE_URL: postgresSettings.DATABASE_URL,
  INGRESS_URL: setting.url({ doc: 'Where the ingress listens.' }),
  QUERY_URL: setting.url({ doc: 'Where the query service listens.' }),
  PAYMENTS_API_KEY: setting.secret({ doc: 'To send commands with and to read what became of them.' }),
  STRIPE_WEBHOOK_SECRETS: setting.secretList({ doc: 'To sign with; the newest is used.' }),
  RAZORPAY_WEBHOOK_SECRETS: setting.secretList({ doc: 'To sign with; the newest is used.' }),
  PAYPAL_WEBHOOK_IDS: setting.list({ doc: 'To sign with; the newest is used.' }),
  SIMULATOR_URL: setting.url({ doc: 'Of the simulator, which is told there what is to go wrong.' }),
  SIMULATOR_STATE_DIR: setting.text({ doc: "Folder with the simulator's signing key." }),
  SEAL_KEYS: setting.parsed({
    doc: "Only the newest key's id is used, by the forger.",
    form: 'id:base64 of 32 bytes, comma-separated',
    secret: true,
    parse: parseSealKeys,
  }),
};

export type DemoSettings = ReturnType<typeof readDemoSettings>;

/** @throws ConfigError, TypeError or RangeError for a wrong environment or arguments */
export function readDemoSettings() {
  return { ...readConfig(demoSettings, processEnv()), count: readCount() };
}

/** Number of webhooks to send, not counting duplicates. */
function readCount(): number {
  const { values } = parseArgs({ options: { count: { type: 'string', default: String(COUNT_DEFAULT) } } });
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1 || count > COUNT_MAX) {
    throw new RangeError(`--count is a number of webhooks from 1 to ${COUNT_MAX}, not ${values.count}`);
  }
  return count;
}
