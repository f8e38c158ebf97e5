import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freePorts } from '../ports.js';
import { identityOf, isAlive } from '../process-identity.js';
import { run } from '../program.js';
import { localSecrets } from '../secrets.js';
import { PORTS, readStackSettings } from '../settings.js';
import { stackEnvironment } from '../stack-environment.js';
import { readState, stackFiles, writeJson } from '../supervisor/state.js';
import { until } from '../until.js';
import { endLeftovers, leftovers } from './leftovers.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stack-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function cli(command: string, env: Record<string, string> = {}): Promise<Ended> {
  return launch(command, env).ended;
}

function launch(command: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN, command], {
    env: { PATH: process.env.PATH, PAYMENTS_LOCAL_FOLDER: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk) => {
      output[name] += chunk;
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, ...output }));
  });
  return { child, output, ended };
}

async function freePortVariables(): Promise<Record<string, string>> {
  const ports = await freePorts(Object.keys(PORTS).length);
  return Object.fromEntries(Object.values(PORTS).map(({ variable }) => [variable, String(ports.pop())]));
}

/** Answers nothing. Unread, the connections of a client that is gone would stay open. */
async function listen(port = 0): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

test('a used port is explained: which, for what, by whom, and what to do', async () => {
  const env = await freePortVariables();
  const server = await listen(Number(env.REDIS_PORT));
  const { code, stderr } = await cli('up', env);
  await new Promise((resolve) => server.close(resolve));
  expect(code).toBe(1);
  expect(stderr).toContain(`port ${env.REDIS_PORT}, wanted for redis, is used by`);
  if (process.platform === 'linux') expect(stderr).toContain(`(process ${process.pid})`);
  expect(stderr).toContain('REDIS_PORT=… make up, or use what is there: REDIS_URL=… make up');
});

test('without a stack, the addresses are refused, the status is a failure and nothing is to be ended', async () => {
  expect(await cli('env')).toMatchObject({ code: 1, stderr: 'the stack is down: `make up` first\n' });
  expect(await cli('status')).toEqual({
    code: 1,
    stderr: '',
    stdout: 'The stack is down; `make up` starts it.\n',
  });
  expect(await cli('down')).toEqual({ code: 0, stdout: 'the stack is down\n', stderr: '' });
  expect(await cli('clean')).toEqual({
    code: 0,
    stderr: '',
    stdout: 'the stack is down; its data are removed\n',
  });
});

describe('while a stack runs', () => {
  const files = stackFiles(folder);
  let env: Record<string, string>;
  beforeAll(async () => {
    env = await freePortVariables();
    const settings = readStackSettings(env);
    const environment = stackEnvironment(settings, localSecrets(files.secrets), env, folder);
    writeJson(files.plan, { settings, environment });
    const supervisor = identityOf(process.pid);
    writeJson(files.state, { supervisor, phase: 'ready', message: undefined, parts: [] });
  });
  afterAll(() => rmSync(files.state));

  test('its ports are those of its start, whatever the environment of the one who asks', async () => {
    expect((await cli('env')).stdout).toContain(
      `export INGRESS_URL='http://127.0.0.1:${env.INGRESS_PORT}'\n`,
    );
    expect((await cli('status')).code).toBe(0);
    expect(await cli('up')).toMatchObject({ code: 0, stderr: '' });
    expect(await cli('up', env)).toMatchObject({ code: 0, stderr: '' });
  });

  test('to start it with other settings is refused, and says which', async () => {
    const { code, stderr } = await cli('up', { ...env, INGRESS_PORT: '1234', LOG_LEVEL: 'trace' });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'the stack runs with other settings than these, and nothing was changed: INGRESS_PORT, LOG_LEVEL. ' +
        'To change it: `make down`, then `make up` with them. ' +
        'To leave it as it is: `make up` without them\n',
    );
  });
});

describe('beside parts that do not answer', () => {
  let silent: Server;
  let env: Record<string, string>;
  let waiting: string;
  beforeEach(async () => {
    silent = await listen();
    const { port } = silent.address() as AddressInfo;
    env = {
      ...(await freePortVariables()),
      DATABASE_URL: `postgresql://a:b@127.0.0.1:${port}/payments`,
      KAFKA_BROKERS: `127.0.0.1:${port}`,
      SCHEMA_REGISTRY_URL: `http://127.0.0.1:${port}`,
      REDIS_URL: `redis://127.0.0.1:${port}`,
    };
    waiting = `topics and registering schemas with KAFKA_BROKERS=127.0.0.1:${port}`;
  });
  afterEach(() => void silent.close());

  async function interrupt({ child, ended }: ReturnType<typeof launch>): Promise<void> {
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(stderr).toBe('the stack is down: its start was interrupted\n');
    expect(code).toBe(1);
    const state = readState(stackFiles(folder));
    expect(state?.phase).toBe('stopped');
    expect(state?.parts.filter(({ pid }) => pid !== undefined)).toEqual([]);
  }

  test('a start says for what it waits; Ctrl-C ends it and what it has started', async () => {
    const starting = launch('up', env);
    await until(() => starting.output.stdout.includes(waiting), { what: 'the CLI to say what it waits for' });
    await interrupt(starting);
  });

  test('a stack that runs code from before the last build is started again, with the same settings', async () => {
    const files = stackFiles(folder);
    const settings = readStackSettings(env);
    const environment = stackEnvironment(settings, localSecrets(files.secrets), env, folder);
    writeJson(files.plan, { settings, environment });
    utimesSync(files.plan, 0, 0);
    const outdated = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const supervisor = identityOf(outdated.pid ?? -1);
    writeJson(files.state, { supervisor, phase: 'ready', message: undefined, parts: [] });
    const starting = launch('up', {});
    await until(() => starting.output.stdout.includes(waiting), { what: 'the CLI to start the stack again' });
    expect(starting.output.stdout).toContain('the code was built anew since the stack started');
    expect(outdated.signalCode).toBe('SIGTERM');
    await interrupt(starting);
  });
});

test('what a killed supervisor left is found by its record and ended', async () => {
  const { logs, pids } = stackFiles(folder);
  const options = {
    logFile: join(logs, 'x.log'),
    pidFile: join(pids, 'x.json'),
    deathSignal: 'SIGKILL',
  } as const;
  const { identity, exited } = run({ file: 'sleep', args: ['1000'] }, options);
  expect(leftovers(pids)).toEqual([{ name: 'x', identity }]);
  await endLeftovers(pids);
  expect(await exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(isAlive(identity)).toBe(false);
  expect(identityOf(process.pid)).toBeDefined();
});
