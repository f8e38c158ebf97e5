import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type AdminServer, serveAdmin } from './admin.js';
import { Health } from './health.js';
import { createLogger } from './logger.js';
import { Metrics } from './metrics.js';

let health: Health;
let metrics: Metrics;
let server: AdminServer;

beforeEach(async () => {
  health = new Health();
  metrics = new Metrics({ defaultMetrics: false });
  const logger = createLogger({ service: 'test', level: 'silent' });
  server = await serveAdmin({ port: 0, host: '127.0.0.1', health, metrics, logger });
});

afterEach(() => server.close());

async function get(
  path: string,
  init?: RequestInit,
): Promise<{ status: number; body: string; type: string | null }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
  return {
    status: response.status,
    body: await response.text(),
    type: response.headers.get('content-type'),
  };
}

test('metrics are served in the text format of Prometheus', async () => {
  metrics.counter({ name: 'things_total', help: 'Things.' }).inc();
  const { status, body, type } = await get('/metrics?x=1');
  expect([status, type]).toEqual([200, metrics.registry.contentType]);
  expect(body).toContain('things_total 1');
});

test('a service is ready when all of its checks say so, and names those that do not', async () => {
  health.register('kafka', () => undefined);
  expect(await get('/health/ready')).toMatchObject({ status: 200, body: '{"status":"ok"}\n' });
  health.register('postgres', () => 'no connection');
  health.register('registry', () => Promise.reject(new Error('refused')));
  const { status, body } = await get('/health/ready');
  expect(status).toBe(503);
  expect(JSON.parse(body)).toEqual({
    status: 'failing',
    problems: { postgres: 'no connection', registry: 'refused' },
  });
});

test('a service that is not ready is live; one that cannot get well is not', async () => {
  health.register('kafka', () => 'down');
  expect((await get('/health/live')).status).toBe(200);
  health.setNotLive('the consumer crashed');
  expect(await get('/health/live')).toMatchObject({
    status: 503,
    body: '{"status":"failing","problems":{"live":"the consumer crashed"}}\n',
  });
});

test('checks that are asked for at once run once', async () => {
  let runs = 0;
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  health.register('slow', async () => {
    runs += 1;
    await finished;
    return undefined;
  });
  const both = [health.readiness(), health.readiness()];
  finish();
  await Promise.all(both);
  expect(runs).toBe(1);
  await health.readiness();
  expect(runs).toBe(2);
});

test('other paths and methods are refused, and a failing metric is an error of its own', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/constructor')).status).toBe(404);
  expect((await get('/metrics', { method: 'POST', body: 'x' })).status).toBe(405);
  expect(await get('/health/live', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  metrics.gauge({
    name: 'broken',
    help: 'Broken.',
    collect: () => {
      throw new Error('broken');
    },
  });
  expect((await get('/metrics')).status).toBe(500);
});
