import { expect, test } from '@jest/globals';
import {
  GATEWAY_CONFIG_FIELDS,
  GATEWAY_PROVIDERS,
  type GatewayConfigField,
  type GatewayProvider,
} from '@payments/domain';
import { readAuditLog } from '../audit/audit-log.js';
import type { Database } from '../database.js';
import { databaseErrorOf } from '../database-error.js';
import { useDatabase } from '../testing/use-database.js';
import { changeGatewayConfig, type GatewayConfigChange } from './change-gateway-config.js';
import { readGatewayConfig, readGatewayConfigs } from './read-gateway-configs.js';

let database: Database;
useDatabase((opened) => {
  database = opened;
});

const ACT = { by: 'ada', reason: 'incident 42' };

function change(provider: GatewayProvider, what: GatewayConfigChange) {
  return database.transaction((em) => changeGatewayConfig(em, provider, what, ACT));
}

function audited(provider: GatewayProvider) {
  return readAuditLog(database.primary, { subject: `gateway:${provider}`, countMax: 100 });
}

test('every gateway has a configuration from the start', async () => {
  const configs = await readGatewayConfigs(database.primary);
  expect(configs.map(({ provider }) => provider).toSorted()).toEqual([...GATEWAY_PROVIDERS].toSorted());
  for (const { provider, requestsPerSecond } of configs) {
    expect(requestsPerSecond).toBe(provider === 'stripe' ? 80 : 40);
  }
  expect(await readGatewayConfig(database.primary, 'paypal')).toEqual({
    provider: 'paypal',
    enabled: true,
    priority: 100,
    maxConcurrency: 64,
    requestsPerSecond: 40,
    timeoutMs: 10_000,
    breaker: { errorThresholdPercent: 50, volumeThreshold: 10, windowMs: 10_000, resetAfterMs: 15_000 },
    version: 1,
  });
});

test('a change makes the next version, and is audited with who, why, before and after', async () => {
  const { before, after } = await change('stripe', {
    numbers: { timeoutMs: 8_000, 'breaker.windowMs': 5_000 },
  });
  expect(after).toEqual({
    ...before,
    timeoutMs: 8_000,
    breaker: { ...before.breaker, windowMs: 5_000 },
    version: 2,
  });
  expect(await readGatewayConfig(database.primary, 'stripe')).toEqual(after);
  const [entry] = await audited('stripe');
  expect(entry).toMatchObject({
    ...ACT,
    action: 'gateway.set',
    at: expect.any(Date),
    before: { timeoutMs: 10_000, 'breaker.windowMs': 10_000, version: 1 },
    after: { timeoutMs: 8_000, 'breaker.windowMs': 5_000, version: 2 },
  });
});

test('the kill switch is audited separately; a change without effect is not written', async () => {
  await change('razorpay', { enabled: false });
  expect((await readGatewayConfig(database.primary, 'razorpay')).enabled).toBe(false);
  expect(await change('razorpay', { enabled: false })).toMatchObject({
    changed: false,
    after: { version: 2 },
  });
  await change('razorpay', { enabled: true });
  expect((await audited('razorpay')).map(({ action }) => action)).toEqual([
    'gateway.enable',
    'gateway.disable',
  ]);
});

test('of two concurrent changes neither is lost', async () => {
  const { version } = await readGatewayConfig(database.primary, 'paypal');
  await Promise.all([
    change('paypal', { numbers: { priority: 7 } }),
    change('paypal', { numbers: { timeoutMs: 9_000 } }),
  ]);
  expect(await readGatewayConfig(database.primary, 'paypal')).toMatchObject({
    priority: 7,
    timeoutMs: 9_000,
    version: version + 2,
  });
});

test('fallbacks are tried by priority', async () => {
  await change('razorpay', { numbers: { priority: 1 } });
  const order = (await readGatewayConfigs(database.primary)).map(({ provider }) => provider);
  expect(order[0]).toBe('razorpay');
});

test.each(Object.keys(GATEWAY_CONFIG_FIELDS) as GatewayConfigField[])(
  'Postgres takes %s to its limits and refuses it past them, and nothing is written down then',
  async (field) => {
    const { min, max } = GATEWAY_CONFIG_FIELDS[field];
    for (const value of [min, max]) await change('stripe', { numbers: { [field]: value } });
    const entries = await audited('stripe');
    for (const value of [min - 1, max + 1]) {
      const refused = await change('stripe', { numbers: { [field]: value } }).catch(
        (error: unknown) => error,
      );
      expect(databaseErrorOf(refused)).toMatchObject({ kind: 'statement', code: '23514' });
    }
    expect(await audited('stripe')).toEqual(entries);
  },
);
