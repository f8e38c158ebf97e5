import { expect, test } from '@jest/globals';
import { askedOtherwise } from './asked-settings.js';
import { readStackSettings } from './settings.js';
import { stackEnvironment } from './stack-environment.js';

const secrets = {
  STRIPE_WEBHOOK_SECRETS: 'whsec_1',
  RAZORPAY_WEBHOOK_SECRETS: 'r',
  PAYPAL_WEBHOOK_IDS: 'p',
  SEAL_KEYS: 'local1:AA==',
  PAYMENTS_API_KEY: 'pay_local_1',
};

function planOf(env: Record<string, string>) {
  const settings = readStackSettings(env);
  return { settings, environment: stackEnvironment(settings, secrets, env, '/x') };
}

function asked(running: Record<string, string>, env: Record<string, string>): string[] {
  return askedOtherwise(planOf(running), env, secrets, '/x');
}

const STARTED = { INGRESS_PORT: '9080', KAFKA_BROKERS: 'k.example:9092', LOG_LEVEL: 'debug' };

test('what is not named is not asked for, nor is what concerns nobody here', () => {
  expect(asked(STARTED, {})).toEqual([]);
  expect(asked(STARTED, { INGRESS_PORT: '', PORT: '1', HOME: '/h' })).toEqual([]);
});

test('the same settings are no others', () => {
  expect(asked(STARTED, STARTED)).toEqual([]);
  expect(asked(STARTED, { INGRESS_PORT: '9080' })).toEqual([]);
});

test('another port, another address and another setting are named', () => {
  expect(asked(STARTED, { INGRESS_PORT: '9081', KAFKA_BROKERS: 'k.example:9092' })).toEqual(['INGRESS_PORT']);
  expect(asked({}, { KAFKA_BROKERS: 'k.example:9092' })).toEqual(['KAFKA_BROKERS']);
  expect(asked({}, { SEAL_KEYS: 'mine:BB==', LOG_LEVEL: 'trace' })).toEqual(['SEAL_KEYS', 'LOG_LEVEL']);
});

test('the addresses of a stack of ours, evaluated earlier, ask for nothing, even where its ports have moved', () => {
  expect(asked({}, planOf({}).environment)).toEqual([]);
  expect(
    asked({ REDIS_PORT: '1234', QUERY_PORT: '9081', SIMULATOR_STRIPE_PORT: '1235' }, planOf({}).environment),
  ).toEqual([]);
});

test('in a shell that evaluated them, what was set since is named, and nothing that follows from it', () => {
  const evaluated = planOf({}).environment;
  expect(asked({}, { ...evaluated, REDIS_PORT: '1234', SIMULATOR_STRIPE_PORT: '1235' })).toEqual([
    'REDIS_PORT',
    'SIMULATOR_STRIPE_PORT',
  ]);
});

test('a stack that an older version started, with fewer ports, is to be started anew', () => {
  const { settings, environment } = planOf({});
  const { gatewayStripe, ...ports } = settings.ports;
  const older = { settings: { ...settings, ports: ports as typeof settings.ports }, environment };
  expect(() => askedOtherwise(older, {}, secrets, '/x')).toThrow(
    'was started by an older version: `make down`',
  );
});
