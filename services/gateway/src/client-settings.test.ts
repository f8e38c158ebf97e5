import { expect, test } from '@jest/globals';
import { ConfigError, readConfig } from '@payments/runtime';
import { clientSettingsOf } from './client-settings.js';
import { type GatewayServiceConfig, gatewaySettings } from './config.js';

const PARTS = {
  KAFKA_BROKERS: 'localhost:9092',
  SCHEMA_REGISTRY_URL: 'http://localhost',
  DATABASE_URL: 'postgres://localhost/payments',
  REDIS_URL: 'redis://localhost',
};

function config(env: Record<string, string>): GatewayServiceConfig {
  return readConfig(gatewaySettings, { ...PARTS, ...env });
}

test.each([
  [
    { GATEWAY_PROVIDER: 'stripe', STRIPE_API_KEY: 'sk_test_x' },
    { provider: 'stripe', apiBase: 'https://api.stripe.com', apiKey: 'sk_test_x', timeoutMs: 5 },
  ],
  [
    {
      GATEWAY_PROVIDER: 'paypal',
      PAYPAL_CLIENT_ID: 'id',
      PAYPAL_CLIENT_SECRET: 's',
      PAYPAL_API_BASE: 'http://p',
    },
    { provider: 'paypal', apiBase: 'http://p', clientId: 'id', clientSecret: 's', timeoutMs: 5 },
  ],
  [
    { GATEWAY_PROVIDER: 'razorpay', RAZORPAY_KEY_ID: 'rzp_test_x', RAZORPAY_KEY_SECRET: 's' },
    {
      provider: 'razorpay',
      apiBase: 'https://api.razorpay.com',
      keyId: 'rzp_test_x',
      keySecret: 's',
      timeoutMs: 5,
    },
  ],
])('a gateway is reached by its own settings: %j', (env, settings) => {
  expect(clientSettingsOf(config(env), 5)).toEqual(settings);
});

test('credentials that do not belong where they would be sent are named, each with the fix', () => {
  const razorpay = { GATEWAY_PROVIDER: 'razorpay', RAZORPAY_KEY_ID: 'rzp_live_x' };
  const forgotten = { ...razorpay, RAZORPAY_KEY_SECRET: 'local-simulator-secret' };
  expect(() => clientSettingsOf(config(forgotten), 5)).toThrow(
    "RAZORPAY_KEY_SECRET is the local simulator's, and RAZORPAY_API_BASE is https://api.razorpay.com",
  );
  const simulated = { ...razorpay, RAZORPAY_KEY_SECRET: 's', RAZORPAY_API_BASE: 'http://127.0.0.1:8094' };
  expect(() => clientSettingsOf(config(simulated), 5)).toThrow(ConfigError);
});

test('every credential that the gateway lacks is named, those of others are not asked for', () => {
  const read = () => clientSettingsOf(config({ GATEWAY_PROVIDER: 'paypal', STRIPE_API_KEY: 'sk_test_x' }), 5);
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/PAYPAL_CLIENT_ID is not set.*\n.*PAYPAL_CLIENT_SECRET is not set/);
});
