import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fetchArtifacts } from '../install/artifacts.js';
import { redisPlan } from '../parts/redis.js';
import { askPort, freePorts, isPortFree } from '../ports.js';
import { readStackSettings } from '../settings.js';
import { until } from '../until.js';
import { planParts, type StackParts } from './plan-parts.js';
import { readState, type StackFiles, stackFiles } from './state.js';
import { Supervisor } from './supervisor.js';

const settings = readStackSettings({
  DATABASE_URL: 'postgresql://someone:hidden@db.example/payments',
  KAFKA_BROKERS: 'k.example:9092',
  SCHEMA_REGISTRY_URL: 'http://r.example',
});
const said: string[] = [];
const say = (line: string) => void said.push(line);
const nothing: StackParts = {
  postgres: undefined,
  replica: undefined,
  kafka: undefined,
  redis: undefined,
  registry: undefined,
  simulator: undefined,
  makeTables: undefined,
  makeTopics: undefined,
  services: [],
};

let files: StackFiles;
let port: number;
let programs: string;

beforeAll(async () => {
  files = stackFiles(mkdtempSync(join(tmpdir(), 'stack-')));
  programs = (await fetchArtifacts(() => undefined)).redis;
  [port] = (await freePorts(1)) as [number];
}, 300_000);
afterAll(() => rmSync(files.root, { recursive: true }));

function statusOf(name: string) {
  return readState(files)?.parts.find((part) => part.name === name);
}

test('a killed part is started again; parts given by the environment are only named; all end in the end', async () => {
  const redis = redisPlan({ folder: join(files.root, 'redis'), port, programs, durable: true });
  const supervisor = new Supervisor(files, { settings, environment: {} }, { ...nothing, redis }, say);
  await supervisor.start();
  expect(readState(files)?.phase).toBe('ready');
  expect(statusOf('postgres')).toMatchObject({
    state: 'external',
    detail: 'postgresql://db.example/payments',
  });

  await askPort(port, 'SET kept yes\r\n');
  process.kill(statusOf('redis')?.pid ?? 0, 'SIGKILL');
  await until(() => statusOf('redis')?.state === 'restarting', { what: 'the supervisor to notice' });
  expect(statusOf('redis')?.detail).toContain('SIGKILL');
  await until(() => statusOf('redis')?.state === 'ready', { what: 'the restart' });
  expect(statusOf('redis')?.restarts).toBe(1);
  expect((await askPort(port, 'GET kept\r\n')).toString()).toContain('yes');

  await supervisor.stop();
  expect(readState(files)?.phase).toBe('stopped');
  expect(await isPortFree(port)).toBe(true);
  expect(readdirSync(files.pids)).toEqual([]);
});

test('a part that hangs is unhealthy, without being started again, until it answers', async () => {
  const redis = redisPlan({ folder: join(files.root, 'redis'), port, programs, durable: false });
  const supervisor = new Supervisor(files, { settings, environment: {} }, { ...nothing, redis }, say);
  await supervisor.start();
  const pid = statusOf('redis')?.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await until(() => statusOf('redis')?.state === 'unhealthy', { what: 'the supervisor to notice' });
  expect(statusOf('redis')).toMatchObject({ pid, restarts: 0, detail: 'does not answer' });
  process.kill(pid, 'SIGCONT');
  await until(() => statusOf('redis')?.state === 'ready', { what: 'the answer' });
  expect(statusOf('redis')).toMatchObject({ pid, restarts: 0 });
  expect(statusOf('redis')?.detail).toBeUndefined();
  await supervisor.stop();
}, 90_000);

test('a part that cannot start ends the others, and the state says why', async () => {
  const good = redisPlan({ folder: join(files.root, 'redis'), port, programs, durable: false });
  const bad = { ...good, name: 'kafka', command: { file: 'sh', args: ['-c', 'echo no luck; exit 3'] } };
  const broken = { ...bad, isReady: async () => false };
  const supervisor = new Supervisor(
    files,
    { settings, environment: {} },
    { ...nothing, redis: good, kafka: broken },
    say,
  );
  await supervisor.start();
  const state = readState(files);
  expect(state?.phase).toBe('failed');
  expect(state?.message).toMatch(/kafka exited with code 3[\s\S]*no luck/);
  expect(await isPortFree(port)).toBe(true);
});

test('a port that somebody took since it was looked at is told, with its variable and who listens there', async () => {
  const redis = redisPlan({ folder: join(files.root, 'redis'), port, programs, durable: false });
  const ownPort = { ...settings, ports: { ...settings.ports, redis: port } };
  const somebody = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => somebody.listen(port, '127.0.0.1', resolve));
  const supervisor = new Supervisor(
    files,
    { settings: ownPort, environment: {} },
    { ...nothing, redis },
    say,
  );
  await supervisor.start();
  await new Promise((resolve) => somebody.close(resolve));
  const { phase, message } = readState(files) ?? {};
  expect(phase).toBe('failed');
  expect(message).toContain(`port ${port}, wanted for redis, is used by`);
  if (process.platform === 'linux') expect(message).toContain(`(process ${process.pid})`);
  expect(message).toContain('REDIS_PORT=… make up');
});

test('the state says what is made, where, and for how long that may take', async () => {
  const goOn = join(files.root, 'go-on');
  const makeTopics = join(files.root, 'make-topics.mjs');
  writeFileSync(
    makeTopics,
    `import { existsSync } from 'node:fs';
     const timer = setInterval(() => existsSync(${JSON.stringify(goOn)}) && clearInterval(timer), 20);`,
  );
  const environment = { KAFKA_BROKERS: 'k.example:9092', SCHEMA_REGISTRY_URL: 'http://a:b@r.example' };
  const supervisor = new Supervisor(files, { settings, environment }, { ...nothing, makeTopics }, say);
  const started = supervisor.start();
  const goesOn = () => {
    const state = readState(files);
    return state?.phase === 'starting' ? state.message : undefined;
  };
  expect(await until(goesOn, { what: 'a message' })).toBe(
    'making topics and registering schemas with KAFKA_BROKERS=k.example:9092 and ' +
      'SCHEMA_REGISTRY_URL=http://r.example, for at most 120 s',
  );
  writeFileSync(goOn, '');
  await started;
  expect(readState(files)).toMatchObject({ phase: 'ready' });
  expect(readState(files)?.message).toBeUndefined();
  await supervisor.stop();
});

test('a part that the environment gives is not planned', () => {
  const given = { ...settings, given: { ...settings.given, redis: 'redis://r.example' } };
  const parts = planParts(
    { settings: given, environment: {} },
    { kafka: '', redis: '', registry: '' },
    files.root,
  );
  const { postgres, kafka, redis, registry } = parts;
  expect([postgres, kafka, redis, registry]).toEqual([undefined, undefined, undefined, undefined]);
});
