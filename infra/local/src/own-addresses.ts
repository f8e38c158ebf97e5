import type { Environment } from './environment.js';
import { postgresUrl } from './parts/postgres.js';
import type { StackSettings } from './settings.js';

/** Says which addresses in the environment are those of the local stack itself, put there by `make env`. */
export const OWN_ADDRESSES = 'PAYMENTS_LOCAL_ADDRESSES';

/** Where the stack's own parts listen, by the variables that tell or replace each. */
export function ownAddresses(ports: StackSettings['ports']) {
  return {
    DATABASE_URL: postgresUrl(ports.postgres, 'payments'),
    READ_DATABASE_URL: postgresUrl(ports.replica, 'payments'),
    KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    SCHEMA_REGISTRY_URL: `http://127.0.0.1:${ports.registry}/apis/ccompat/v7`,
    REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    PAYPAL_CERT_HOSTS: `localhost:${ports.simulatorCertificates}`,
    STRIPE_API_BASE: `http://127.0.0.1:${ports.simulatorStripe}`,
    PAYPAL_API_BASE: `http://127.0.0.1:${ports.simulatorPayPal}`,
    RAZORPAY_API_BASE: `http://127.0.0.1:${ports.simulatorRazorpay}`,
    INGRESS_URL: `http://127.0.0.1:${ports.ingress}`,
    QUERY_URL: `http://127.0.0.1:${ports.query}`,
    QUERY_PUBLIC_URL: `http://127.0.0.1:${ports.query}`,
    SIMULATOR_URL: `http://127.0.0.1:${ports.simulator}`,
  };
}

/** The variables that somebody set: in a shell that evaluated `make env`, our own addresses ask for nothing. */
export function withoutOwnAddresses(env: Environment): Environment {
  const own = (env[OWN_ADDRESSES] ?? '').split(' ');
  const isSet = ([name, value]: [string, string | undefined]): boolean =>
    name !== OWN_ADDRESSES && value !== undefined && value !== '' && !own.includes(value);
  return Object.fromEntries(Object.entries(env).filter(isSet));
}
