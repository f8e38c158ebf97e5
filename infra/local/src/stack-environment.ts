import { join } from 'node:path';
import { API_KEYS_FILE } from './api-keys.js';
import type { Environment } from './environment.js';
import { gatewayAccess } from './gateway-access.js';
import { OWN_ADDRESSES, ownAddresses, withoutOwnAddresses } from './own-addresses.js';
import type { LocalSecrets } from './secrets.js';
import { PORTS, type StackSettings, startsReplica } from './settings.js';

/** Settings of our services that a developer may hand through `make up`. */
const HANDED_ON =
  /^(LOG_LEVEL|SHUTDOWN_DEADLINE_MS|(OTEL|INGRESS|QUERY|WEBHOOKS|INTENTS|GATEWAY|SIMULATOR|KAFKA_SASL|KAFKA_TLS|DATABASE)_[A-Z_]+)$/;

/** Where the stack itself listens says nothing to a service. */
const KEPT_BACK: ReadonlySet<string> = new Set(Object.values(PORTS).map(({ variable }) => variable));

export type StackEnvironment = Record<string, string> & { readonly PAYMENTS_API_KEY: string };

/** What `make env` prints and our own processes run with. */
export function stackEnvironment(
  settings: StackSettings,
  secrets: LocalSecrets,
  asked: Environment,
  root: string,
): StackEnvironment {
  const { ports, given } = settings;
  const env = withoutOwnAddresses(asked);
  const own = ownAddresses(ports);
  const database = given.postgres ?? own.DATABASE_URL;
  return {
    ...handedOn(env),
    DATABASE_URL: database,
    READ_DATABASE_URL: given.replica ?? (startsReplica(given) ? own.READ_DATABASE_URL : database),
    KAFKA_BROKERS: given.kafka ?? own.KAFKA_BROKERS,
    SCHEMA_REGISTRY_URL: given.registry ?? own.SCHEMA_REGISTRY_URL,
    REDIS_URL: given.redis ?? own.REDIS_URL,
    STRIPE_WEBHOOK_SECRETS: env.STRIPE_WEBHOOK_SECRETS || secrets.STRIPE_WEBHOOK_SECRETS,
    RAZORPAY_WEBHOOK_SECRETS: env.RAZORPAY_WEBHOOK_SECRETS || secrets.RAZORPAY_WEBHOOK_SECRETS,
    PAYPAL_WEBHOOK_IDS: env.PAYPAL_WEBHOOK_IDS || secrets.PAYPAL_WEBHOOK_IDS,
    PAYPAL_CERT_HOSTS: env.PAYPAL_CERT_HOSTS || own.PAYPAL_CERT_HOSTS,
    PAYPAL_CERT_CA_FILE: env.PAYPAL_CERT_CA_FILE || join(root, 'simulator', 'ca.pem'),
    ...gatewayAccess(env, own),
    // The demo sends webhooks of objects that the simulated PayPal never made. A real one's are always verified.
    WEBHOOKS_PAYPAL_VERIFY: String(Boolean(env.PAYPAL_API_BASE) || env.WEBHOOKS_PAYPAL_VERIFY === 'true'),
    SEAL_KEYS: env.SEAL_KEYS || secrets.SEAL_KEYS,
    API_KEYS_FILE: env.API_KEYS_FILE || join(root, API_KEYS_FILE),
    PAYMENTS_API_KEY: env.PAYMENTS_API_KEY || secrets.PAYMENTS_API_KEY,
    INGRESS_URL: own.INGRESS_URL,
    QUERY_URL: own.QUERY_URL,
    QUERY_PUBLIC_URL: env.QUERY_PUBLIC_URL || own.QUERY_PUBLIC_URL,
    SIMULATOR_URL: own.SIMULATOR_URL,
    SIMULATOR_STATE_DIR: join(root, 'simulator'),
    [OWN_ADDRESSES]: [...new Set(Object.values(own))].join(' '),
  };
}

/** Lines for `eval` in any POSIX shell. */
export function exportLines(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}

function handedOn(env: Environment): Record<string, string> {
  const handed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && HANDED_ON.test(name) && !KEPT_BACK.has(name)) handed[name] = value;
  }
  return handed;
}
