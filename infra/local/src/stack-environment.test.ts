import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { withoutGatewayAccess } from './gateway-access.js';
import { readStackSettings } from './settings.js';
import { exportLines, stackEnvironment } from './stack-environment.js';

const secrets = {
  STRIPE_WEBHOOK_SECRETS: 'whsec_1',
  RAZORPAY_WEBHOOK_SECRETS: 'r',
  PAYPAL_WEBHOOK_IDS: 'p',
  SEAL_KEYS: 'local1:AA==',
  PAYMENTS_API_KEY: 'pay_local_1',
};

test('a shell that evaluates the lines gets the very values', () => {
  const value = `it's "$HOME" and \`pwd\`\nand a line`;
  const script = `${exportLines({ ODD: value })}printf %s "$ODD"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(value);
});

test('addresses follow the ports; what is given wins; unrelated variables stay out', () => {
  const env = {
    REDIS_PORT: '1234',
    KAFKA_BROKERS: 'k1:9092,k2:9092',
    SEAL_KEYS: 'mine:BB==',
    INGRESS_QUEUE_BYTES_MAX: '1000',
    SIMULATOR_CUSTOMER_MODE: 'manual',
    SIMULATOR_CERT_PORT: '3',
    PORT: '1',
    INGRESS_PORT: '2',
  };
  const environment = stackEnvironment(readStackSettings(env), secrets, env, '/x');
  expect(environment).toMatchObject({
    REDIS_URL: 'redis://127.0.0.1:1234',
    KAFKA_BROKERS: 'k1:9092,k2:9092',
    SEAL_KEYS: 'mine:BB==',
    STRIPE_WEBHOOK_SECRETS: 'whsec_1',
    API_KEYS_FILE: '/x/api-keys.json',
    PAYMENTS_API_KEY: 'pay_local_1',
    INGRESS_QUEUE_BYTES_MAX: '1000',
    SIMULATOR_CUSTOMER_MODE: 'manual',
  });
  expect(environment.READ_DATABASE_URL).toBe('postgresql://payments:payments@127.0.0.1:15433/payments');
  expect(environment.QUERY_URL).toBe('http://127.0.0.1:8081');
  expect(environment).not.toHaveProperty('PORT');
  expect(environment).not.toHaveProperty('INGRESS_PORT');
  expect(environment).not.toHaveProperty('SIMULATOR_CERT_PORT');
  expect(environment.INGRESS_URL).toBe('http://127.0.0.1:2');
});

test('gateways are called at the simulator, unless the environment or a file says otherwise', () => {
  const access = (env: Record<string, string>) =>
    stackEnvironment(readStackSettings(env), secrets, env, '/x');
  expect(access({ SIMULATOR_STRIPE_PORT: '9092' })).toMatchObject({
    STRIPE_API_BASE: 'http://127.0.0.1:9092',
    STRIPE_API_KEY: 'sk_test_local_simulator',
    RAZORPAY_API_BASE: 'http://127.0.0.1:8094',
  });
  const real = access({ STRIPE_API_KEY_FILE: '/run/key', STRIPE_API_BASE: 'https://api.stripe.com' });
  expect(real).toMatchObject({ STRIPE_API_KEY_FILE: '/run/key', STRIPE_API_BASE: 'https://api.stripe.com' });
  expect(real).not.toHaveProperty('STRIPE_API_KEY');
  expect(
    Object.keys(withoutGatewayAccess(real)).filter((name) => /KEY_FILE|_SECRET$|CLIENT/.test(name)),
  ).toEqual([]);
});

test("PayPal's webhooks are verified where PayPal is real, or if asked to", () => {
  const verifies = (env: Record<string, string>) =>
    stackEnvironment(readStackSettings(env), secrets, env, '/x').WEBHOOKS_PAYPAL_VERIFY;
  expect(verifies({})).toBe('false');
  const PAYPAL_API_BASE = 'https://api-m.paypal.com';
  expect(verifies({ PAYPAL_API_BASE })).toBe('true');
  // As in a shell that has evaluated what a simulated stack prints.
  expect(verifies({ PAYPAL_API_BASE, WEBHOOKS_PAYPAL_VERIFY: 'false' })).toBe('true');
  expect(verifies({ WEBHOOKS_PAYPAL_VERIFY: 'true' })).toBe('true');
});

test("with somebody else's Postgres, reads go there too unless a replica is given", () => {
  const DATABASE_URL = 'postgresql://a:b@db.example/payments';
  const READ_DATABASE_URL = 'postgresql://a:b@replica.example/payments';
  const read = (env: Record<string, string>) =>
    stackEnvironment(readStackSettings(env), secrets, env, '/x').READ_DATABASE_URL;
  expect(read({ DATABASE_URL })).toBe(DATABASE_URL);
  expect(read({ DATABASE_URL, READ_DATABASE_URL })).toBe(READ_DATABASE_URL);
  expect(read({ READ_DATABASE_URL })).toBe(READ_DATABASE_URL);
});

test('the environment of a running stack, evaluated, starts the same stack again', () => {
  const printed = stackEnvironment(readStackSettings({}), secrets, {}, '/x');
  expect(readStackSettings(printed)).toEqual(readStackSettings({}));
});

test('evaluated and started again on other ports, it speaks of those', () => {
  const printed = stackEnvironment(readStackSettings({}), secrets, {}, '/x');
  const moved = {
    REDIS_PORT: '1234',
    QUERY_PORT: '1235',
    SIMULATOR_STRIPE_PORT: '1236',
    SIMULATOR_CERT_PORT: '1237',
  };
  const env = { ...printed, ...moved };
  expect(stackEnvironment(readStackSettings(env), secrets, env, '/x')).toEqual(
    stackEnvironment(readStackSettings(moved), secrets, moved, '/x'),
  );
});
