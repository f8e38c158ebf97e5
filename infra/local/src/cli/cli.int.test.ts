import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { freePorts } from '../ports.js';
import { identityOf, isAlive } from '../process-identity.js';
import { run } from '../program.js';
import { PORTS } from '../settings.js';
import { stackFiles } from '../supervisor/state.js';
import { endLeftovers, leftovers } from './leftovers.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stack-'));
afterAll(() => rmSync(folder, { recursive: true }));

function cli(command: string, env: Record<string, string>): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, command], {
    env: { PATH: process.env.PATH, PAYMENTS_LOCAL_FOLDER: folder, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })));
}

test('a used port is explained: which, for what, by whom, and what to do', async () => {
  const ports = await freePorts(Object.keys(PORTS).length);
  const env: Record<string, string> = {};
  for (const { variable } of Object.values(PORTS)) env[variable] = String(ports.pop());
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(Number(env.REDIS_PORT), '127.0.0.1', resolve));
  const { code, stderr } = await cli('up', env);
  await new Promise((resolve) => server.close(resolve));
  expect(code).toBe(1);
  expect(stderr).toContain(`port ${env.REDIS_PORT}, wanted for redis, is used by`);
  if (process.platform === 'linux') expect(stderr).toContain(`(process ${process.pid})`);
  expect(stderr).toContain('REDIS_PORT=… make up, or use what is there: REDIS_URL=… make up');
}, 30_000);

test('without a stack, the addresses are refused and `down` has nothing to do', async () => {
  expect(await cli('env', {})).toEqual({ code: 1, stderr: 'the stack is down: `make up` first\n' });
  expect(await cli('down', {})).toEqual({ code: 0, stderr: '' });
}, 30_000);

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
