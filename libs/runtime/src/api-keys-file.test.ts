import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { hashOfApiKey } from './api-keys.js';
import { ApiKeysFile } from './api-keys-file.js';
import { ConfigError } from './config.js';
import { createLogger } from './logger.js';
import { Metrics } from './metrics.js';
import { measured } from './testing/measured.js';

let folder: string;
let file: string;
let logged: { level: string; msg: string }[];
let metrics: Metrics;
let keys: ApiKeysFile | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'api-keys-'));
  file = join(folder, 'keys.json');
  logged = [];
  metrics = new Metrics({ defaultMetrics: false });
});
afterEach(async () => {
  await keys?.close();
  keys = undefined;
  rmSync(folder, { recursive: true });
});

async function open(): Promise<ApiKeysFile> {
  const destination = { write: (line: string) => void logged.push(JSON.parse(line)) };
  const logger = createLogger({ service: 'test', destination });
  keys = await ApiKeysFile.open({ file, logger, metrics, everyMs: 5 });
  return keys;
}

/** Replaces the file atomically, as orchestrators do. */
function write(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function contentWith(key: string): string {
  return JSON.stringify({
    keys: [{ id: 'shop', hash: hashOfApiKey(key).toString('hex'), scopes: ['payments:read'] }],
  });
}

async function untilTrue(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}

const errors = () => logged.filter(({ level }) => level === 'error').length;

test('a changed file takes effect', async () => {
  write(contentWith('old'));
  const opened = await open();
  expect(opened.find('old')?.id).toBe('shop');
  write(contentWith('new'));
  await untilTrue(() => opened.find('new') !== undefined);
  expect(opened.find('old')).toBeUndefined();
});

test.each([
  ['broken', () => write('{"keys": [')],
  ['removed', () => rmSync(file)],
])(
  'a file that is %s leaves the keys in use, is told once and measured until it is mended',
  async (_how, spoil) => {
    write(contentWith('old'));
    const opened = await open();
    spoil();
    await untilTrue(async () => (await measured(metrics, 'api_keys_file_broken')) === 1);
    expect(opened.find('old')?.id).toBe('shop');
    expect(errors()).toBe(1);
    write(contentWith('new'));
    await untilTrue(async () => (await measured(metrics, 'api_keys_file_broken')) === 0);
    expect(opened.find('new')?.id).toBe('shop');
    expect(errors()).toBe(1);
    expect(await measured(metrics, 'api_keys')).toBe(1);
  },
);

test.each([
  ['is missing', () => {}, /ENOENT/],
  ['is broken', () => write('nonsense'), /not JSON/],
])('a service does not start with a file that %s', async (_how, spoil, message) => {
  spoil();
  await expect(open()).rejects.toThrow(ConfigError);
  await expect(open()).rejects.toThrow(message);
});

test('without a file nobody has a key', async () => {
  keys = await ApiKeysFile.open({
    file: undefined,
    metrics,
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  expect(keys.find('')).toBeUndefined();
});
