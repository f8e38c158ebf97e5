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

test('every credential that the gateway lacks is named, those of others are not asked for', () => {
  const read = () => clientSettingsOf(config({ GATEWAY_PROVIDER: 'paypal', STRIPE_API_KEY: 'sk_test_x' }), 5);
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/PAYPAL_CLIENT_ID is not set.*\n.*PAYPAL_CLIENT_SECRET is not set/);
});
