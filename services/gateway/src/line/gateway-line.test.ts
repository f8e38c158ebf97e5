import { afterEach, describe, expect, test } from '@jest/globals';
import type { GatewayConfig } from '@payments/domain';
import { type GatewayAnswer, type GatewayClient, GatewayError } from '@payments/gateways';
import { until } from '@payments/local/testing';
import { GatewayLine } from './gateway-line.js';

const CONFIG: GatewayConfig = {
  provider: 'stripe',
  enabled: true,
  priority: 100,
  maxConcurrency: 8,
  requestsPerSecond: 5,
  timeoutMs: 1_000,
  version: 1,
  breaker: { errorThresholdPercent: 50, volumeThreshold: 1, windowMs: 60_000, resetAfterMs: 3_600_000 },
};
const ANSWER: GatewayAnswer = { gatewayObjectId: 'pi_1', objectIds: [], facts: [] };

let isDown = false;
const timeouts: number[] = [];
const lines: GatewayLine[] = [];
afterEach(() => {
  isDown = false;
  timeouts.length = 0;
  for (const line of lines.splice(0)) line.close();
});

function lineOf(said: Partial<GatewayConfig> = {}): GatewayLine {
  const line = new GatewayLine({ createClient, config: { ...CONFIG, ...said }, onBreakerChange: () => {} });
  lines.push(line);
  return line;
}

function createClient(timeoutMs: number): GatewayClient {
  timeouts.push(timeoutMs);
  const answer = async (): Promise<GatewayAnswer> => {
    if (!isDown) return ANSWER;
    throw new GatewayError({ type: 'UNKNOWN_OUTCOME', failure: { code: 'timeout', message: null } });
  };
  return { provider: 'stripe', send: answer, inquire: answer, fetch: answer, keyLifetimeMs: () => 0 };
}

const CAPTURE = {} as Parameters<GatewayClient['send']>[0];

async function failPayments(line: GatewayLine): Promise<void> {
  isDown = true;
  await line.client.send({ ...CAPTURE, operation: 'capture' }).catch(() => {});
  isDown = false;
}

test('there is room for as many as may run, and for no more than have their turn within a second', () => {
  expect(lineOf({ requestsPerSecond: 100 }).room(0)).toBe(8);
  expect(lineOf({ requestsPerSecond: 100 }).room(8)).toBe(0);
  expect(lineOf().room(0)).toBe(5);
});

test('who waits for a turn takes room', async () => {
  const line = lineOf({ requestsPerSecond: 100 });
  const turns = Promise.all([line.turn(), line.turn(), line.turn()]);
  line.configure({ ...CONFIG, requestsPerSecond: 4 });
  expect(line.room(0)).toBe(1);
  await turns;
  expect(line.room(0)).toBe(4);
});

test('another time-out makes another client, and nothing else does', () => {
  const line = lineOf();
  line.configure({ ...CONFIG, version: 2, maxConcurrency: 1 });
  line.configure({ ...CONFIG, version: 3, timeoutMs: 2_000 });
  expect(timeouts).toEqual([1_000, 2_000]);
  expect(line.timeoutMs).toBe(2_000);
});

test('a change of something else does not close a breaker', async () => {
  const line = lineOf();
  await failPayments(line);
  line.configure({ ...CONFIG, version: 2, priority: 7 });
  expect(line.isLeftAlone).toBe(true);
});

describe('what is not called', () => {
  test('anything, while the gateway is switched off', () => {
    const line = lineOf({ enabled: false });
    expect(line.isLeftAlone).toBe(true);
    for (const kind of ['send', 'inquire', 'fetch'] as const) {
      expect(line.refusal({ kind, operation: 'refund' })?.failure.code).toBe('gateway_disabled');
    }
  });

  test('for an object, while the gateway is switched off', async () => {
    const line = lineOf({ enabled: false });
    await expect(line.fetch('pi_1')).rejects.toMatchObject({
      name: 'GatewayError',
      failure: { code: 'gateway_disabled' },
    });
    line.configure({ ...CONFIG, version: 2 });
    expect(await line.fetch('pi_1')).toEqual(ANSWER);
  });

  test('payments, while their breaker is open; refunds and questions are', async () => {
    const line = lineOf();
    await failPayments(line);
    expect(line.isLeftAlone).toBe(true);
    expect(line.refusal({ kind: 'send', operation: 'confirm' })?.failure.code).toBe('breaker_open');
    expect(line.refusal({ kind: 'send', operation: 'refund' })).toBeNull();
    expect(line.refusal({ kind: 'inquire', operation: 'confirm' })).toBeNull();
  });

  test('more than one, while it is tried whether the gateway is well again', async () => {
    const line = lineOf({ breaker: { ...CONFIG.breaker, resetAfterMs: 5 } });
    await failPayments(line);
    await until(() => !line.isLeftAlone, { what: 'the breaker to be half open', everyMs: 5 });
    expect([line.room(0), line.room(1)]).toEqual([1, 0]);
  });
});
