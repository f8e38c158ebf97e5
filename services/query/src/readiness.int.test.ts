import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts, type OwnStack, sharedStack, startOwnStack } from '@payments/local/testing';
import {
  createLogger,
  Health,
  Metrics,
  readConfig,
  type ServiceRuntime,
  type ShutdownStep,
} from '@payments/runtime';
import { type QueryConfig, querySettings } from './config.js';
import { startQuery } from './context.js';

let stack: OwnStack;
let base: string;
const steps: ShutdownStep[] = [];

beforeAll(async () => {
  stack = await startOwnStack({ parts: ['postgres'] });
  await stack.postgres.kill();
  const [port] = await freePorts(1);
  const env = { DATABASE_URL: stack.databaseUrl, REDIS_URL: sharedStack().redisUrl, PORT: String(port) };
  const runtime: ServiceRuntime<QueryConfig> = {
    name: 'query',
    config: readConfig(querySettings, env),
    signal: new AbortController().signal,
    logger: createLogger({ service: 'query-test', level: 'silent' }),
    metrics: new Metrics({ defaultMetrics: false }),
    health: new Health(),
    onShutdown: (_name, step) => steps.unshift(step),
    fail: (error) => {
      throw error;
    },
  };
  const starting = startQuery(runtime);
  await stack.postgres.start();
  base = `http://127.0.0.1:${(await starting).port}`;
}, 60_000);
afterAll(async () => {
  for (const step of steps) await step(AbortSignal.timeout(10_000));
  await stack.stop();
}, 60_000);

const readiness = async () => (await fetch(`${base}/health/ready`)).status;

test('an instance that is started before Postgres waits for it', async () => {
  expect(await readiness()).toBe(200);
});

test('an instance stays ready while Postgres is gone: another one could not read it either, and Redis still answers', async () => {
  await stack.postgres.kill();
  expect(await readiness()).toBe(200);
});
