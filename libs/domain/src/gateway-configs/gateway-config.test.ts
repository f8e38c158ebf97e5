import { describe, expect, test } from '@jest/globals';
import {
  GATEWAY_CONFIG_FIELDS,
  type GatewayConfig,
  type GatewayConfigField,
  gatewayConfigNumbers,
  gatewayConfigOf,
  gatewayConfigProblem,
  isGatewayConfigField,
  parseGatewayConfig,
} from './gateway-config.js';

const CONFIG: GatewayConfig = {
  provider: 'paypal',
  enabled: true,
  priority: 100,
  maxConcurrency: 64,
  requestsPerSecond: 40,
  timeoutMs: 10_000,
  breaker: { errorThresholdPercent: 50, volumeThreshold: 10, windowMs: 10_000, resetAfterMs: 15_000 },
  version: 3,
};
const FIELDS = Object.keys(GATEWAY_CONFIG_FIELDS) as GatewayConfigField[];

test('a configuration is its head and its numbers, and nothing else', () => {
  const numbers = gatewayConfigNumbers(CONFIG);
  expect(Object.keys(numbers).toSorted()).toEqual(FIELDS.toSorted());
  expect(gatewayConfigOf(CONFIG, numbers)).toEqual(CONFIG);
});

test('it comes back from JSON as it was', () => {
  expect(parseGatewayConfig(JSON.stringify(CONFIG))).toEqual(CONFIG);
});

test.each(FIELDS)('%s may be any whole number of its range, and nothing past it', (field) => {
  const { min, max } = GATEWAY_CONFIG_FIELDS[field];
  for (const value of [min, max]) expect(gatewayConfigProblem(field, value)).toBeUndefined();
  for (const value of [min - 1, max + 1, min + 0.5, String(min), null, Number.NaN]) {
    expect(gatewayConfigProblem(field, value)).toBe(`must be a whole number from ${min} to ${max}`);
  }
});

test.each([
  ['breaker.windowMs', true],
  ['windowMs', false],
  ['toString', false],
])('%s is the name of a field: %s', (name, is) => {
  expect(isGatewayConfigField(name)).toBe(is);
});

describe('what is not a configuration is none:', () => {
  test.each([
    ['', 'nothing'],
    ['null', 'null'],
    ['{"', 'half of one'],
    [textOf({ provider: 'adyen' }), 'one of another gateway'],
    [textOf({ enabled: 'yes' }), 'a switch that is neither on nor off'],
    [textOf({ version: undefined }), 'one without a version'],
    [textOf({ breaker: null }), 'one without a breaker'],
    [textOf({ timeoutMs: 0 }), 'a number out of its range'],
    [textOf({ breaker: { ...CONFIG.breaker, windowMs: undefined } }), 'a number that is missing'],
  ])('%s, %s', (text) => {
    expect(parseGatewayConfig(text)).toBeUndefined();
  });
});

function textOf(over: object): string {
  return JSON.stringify({ ...CONFIG, ...over });
}
