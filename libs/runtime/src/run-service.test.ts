import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

let folder: string;
let count = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'service-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly code: number | null;
  /** Logged messages, and lines that the service wrote with `say`. */
  readonly said: readonly string[];
  readonly stderr: string;
}

/** Runs a service whose `start` has the given body; each signal is sent once the service prints `ready`. */
async function run(
  body: string,
  env: Record<string, string> = {},
  ...signals: NodeJS.Signals[]
): Promise<Run> {
  count += 1;
  const file = join(folder, `service-${count}.mjs`);
  writeFileSync(
    file,
    `import { ConfigError, runService, setting } from ${JSON.stringify(new URL('./index.js', import.meta.url).href)};
const settings = { NEEDED: setting.text({ doc: 'Something.' }), OTHER: setting.integer({ doc: 'Else.', default: 1 }) };
await runService('test', settings, async (rt) => {
  const say = (text) => rt.logger.info(text);
  ${body}
});`,
  );
  const child = spawn(process.execPath, [file], {
    env: { NEEDED: 'x', SHUTDOWN_DEADLINE_MS: '20000', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout.on('data', (chunk) => {
    const before = stdout;
    stdout += chunk;
    if (!before.includes('"ready"') && stdout.includes('"ready"'))
      for (const signal of signals) child.kill(signal);
  });
  const [code] = await once(child, 'close');
  return {
    code,
    stderr,
    said: stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).msg),
  };
}

const STEPS = `
  rt.onShutdown('first', async () => { say('first begins'); await null; say('first ends'); });
  rt.onShutdown('second', async () => { say('second begins'); await null; say('second ends'); });
`;
const IN_ORDER = ['second begins', 'second ends', 'first begins', 'first ends', 'stopped'];

test.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])(
  '%s takes a service down in reverse order, exit code 0',
  async (signal) => {
    const { code, said } = await run(`${STEPS} say('ready');`, {}, signal);
    expect(code).toBe(0);
    expect(said).toEqual(['ready', 'started', 'asked to stop', ...IN_ORDER]);
  },
);

test('a second signal changes nothing', async () => {
  const { code, said } = await run(`${STEPS} say('ready');`, {}, 'SIGTERM', 'SIGINT');
  expect(code).toBe(0);
  expect(said.filter((text) => text !== 'asked to stop')).toEqual(['ready', 'started', ...IN_ORDER]);
});

test('the service is told by its signal and by its readiness', async () => {
  const { said } = await run(
    `const sayReadiness = async () => say(JSON.stringify(await rt.health.readiness()));
     await sayReadiness();
     rt.onShutdown('report', async () => say(JSON.stringify([rt.signal.aborted, await rt.health.readiness()])));
     setImmediate(() => sayReadiness().then(() => say('ready')));`,
    {},
    'SIGTERM',
  );
  expect(said).toContain('{"ok":false,"problems":{"start":"starting"}}');
  expect(said).toContain('{"ok":true,"problems":{}}');
  expect(said).toContain('[true,{"ok":false,"problems":{"shutdown":"shutting down"}}]');
});

test('a step that does not end is cut off at the deadline, exit code 1', async () => {
  const { code, said } = await run(
    `rt.onShutdown('never runs', () => say('wrong'));
     rt.onShutdown('hangs', (deadline) => new Promise(() => { deadline.onabort = () => say('told'); }));
     say('ready');`,
    { SHUTDOWN_DEADLINE_MS: '50' },
    'SIGTERM',
  );
  expect(code).toBe(1);
  expect(said.slice(-2)).toEqual(['told', 'the shutdown did not end in time']);
  expect(said).not.toContain('wrong');
});

test('a step that fails does not keep the others from running, exit code 1', async () => {
  const { code, said } = await run(
    `${STEPS} rt.onShutdown('third', () => { throw new Error('no'); }); say('ready');`,
    {},
    'SIGTERM',
  );
  expect(code).toBe(1);
  expect(said.slice(-6)).toEqual(['a shutdown step failed', ...IN_ORDER]);
});

test.each([
  ['an unhandled rejection', "Promise.reject(new Error('lost'));"],
  ['an uncaught exception', "setImmediate(() => { throw new Error('lost'); });"],
  ['fail()', "rt.fail(new Error('lost'));"],
])('%s ends in an ordered shutdown, exit code 1', async (_name, what) => {
  const { code, said } = await run(`${STEPS} ${what}`);
  expect(code).toBe(1);
  expect(said).toContain('the service cannot go on');
  expect(said.slice(-5)).toEqual(IN_ORDER);
});

test('a start that fails closes what it opened, exit code 1', async () => {
  const { code, said } = await run(`${STEPS} throw new Error('no broker');`);
  expect(code).toBe(1);
  expect(said).toEqual(['the service did not start', ...IN_ORDER]);
});

test('asked to stop while starting, it closes what it opens afterwards as well, exit code 0', async () => {
  const { code, said } = await run(
    `say('ready');
     rt.onShutdown('early', () => say('early closed'));
     await new Promise((resolve) => rt.signal.addEventListener('abort', resolve));
     await new Promise((resolve) => setTimeout(resolve, 20));
     rt.onShutdown('late', () => say('late closed'));`,
    {},
    'SIGTERM',
  );
  expect(code).toBe(0);
  expect(said).toEqual(['ready', 'asked to stop', 'early closed', 'late closed', 'stopped']);
});

test('a wrong configuration is reported whole on stderr, exit code 2', async () => {
  const { code, said, stderr } = await run('', { NEEDED: '', OTHER: 'x', PORT: '-1' });
  expect(code).toBe(2);
  expect(said).toEqual([]);
  expect(stderr).toBe(`test: 3 problems with the configuration:
  - PORT must be at least 0 (it is "-1")
  - NEEDED is not set; needed as text: Something.
  - OTHER must be a whole number (it is "x")
Every setting is described in docs/configuration.md.
`);
});

test('a configuration that turns out wrong at the start is reported in the same way', async () => {
  const { code, stderr, said } = await run(`${STEPS} throw new ConfigError(['A and B exclude each other']);`);
  expect(code).toBe(2);
  expect(stderr).toContain('1 problem with the configuration:\n  - A and B exclude each other\n');
  expect(said).toEqual(IN_ORDER);
});
