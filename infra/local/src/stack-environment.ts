import { join } from 'node:path';
import { API_KEYS_FILE } from './api-keys.js';
import type { Environment } from './environment.js';
import { gatewayAccess } from './gateway-access.js';
import { postgresUrl } from './parts/postgres.js';
import type { LocalSecrets } from './secrets.js';
import { OWN_ADDRESSES, PORTS, type StackSettings, startsReplica } from './settings.js';

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
  env: Environment,
  root: string,
): StackEnvironment {
  const { ports, given } = settings;
  const own = {
    postgres: postgresUrl(ports.postgres, 'payments'),
    replica: postgresUrl(ports.replica, 'payments'),
    kafka: `127.0.0.1:${ports.kafka}`,
    registry: `http://127.0.0.1:${ports.registry}/apis/ccompat/v7`,
    redis: `redis://127.0.0.1:${ports.redis}`,
  };
  const addresses = {
    ...own,
    ...(startsReplica(given) ? {} : { replica: given.postgres ?? own.postgres }),
    ...given,
  };
  return {
    ...handedOn(env),
    DATABASE_URL: addresses.postgres,
    READ_DATABASE_URL: addresses.replica,
    KAFKA_BROKERS: addresses.kafka,
    SCHEMA_REGISTRY_URL: addresses.registry,
    REDIS_URL: addresses.redis,
    STRIPE_WEBHOOK_SECRETS: env.STRIPE_WEBHOOK_SECRETS || secrets.STRIPE_WEBHOOK_SECRETS,
    RAZORPAY_WEBHOOK_SECRETS: env.RAZORPAY_WEBHOOK_SECRETS || secrets.RAZORPAY_WEBHOOK_SECRETS,
    PAYPAL_WEBHOOK_IDS: env.PAYPAL_WEBHOOK_IDS || secrets.PAYPAL_WEBHOOK_IDS,
    PAYPAL_CERT_HOSTS: env.PAYPAL_CERT_HOSTS || `localhost:${ports.simulatorCertificates}`,
    PAYPAL_CERT_CA_FILE: env.PAYPAL_CERT_CA_FILE || join(root, 'simulator', 'ca.pem'),
    ...gatewayAccess(env, ports),
    SEAL_KEYS: env.SEAL_KEYS || secrets.SEAL_KEYS,
    API_KEYS_FILE: env.API_KEYS_FILE || join(root, API_KEYS_FILE),
    PAYMENTS_API_KEY: env.PAYMENTS_API_KEY || secrets.PAYMENTS_API_KEY,
    INGRESS_URL: `http://127.0.0.1:${ports.ingress}`,
    QUERY_URL: `http://127.0.0.1:${ports.query}`,
    QUERY_PUBLIC_URL: env.QUERY_PUBLIC_URL || `http://127.0.0.1:${ports.query}`,
    SIMULATOR_URL: `http://127.0.0.1:${ports.simulator}`,
    SIMULATOR_STATE_DIR: join(root, 'simulator'),
    [OWN_ADDRESSES]: Object.values(own).join(' '),
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
