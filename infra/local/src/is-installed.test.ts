import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('../is-installed.cjs', import.meta.url));
const LOCKED = {
  '': { name: 'root' },
  'libs/a': { name: 'a', version: '0.1.0' },
  'node_modules/x': { version: '1.0.0' },
  'libs/a/node_modules/x': { version: '2.0.0' },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'installed-'));
  write('package-lock.json', { packages: LOCKED });
  write('node_modules/.package-lock.json', { packages: LOCKED });
  write('node_modules/.bin/node', {});
  write('libs/a/node_modules/x/package.json', { version: '2.0.0' });
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: object): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
}

function exitCode(): number | null {
  return spawnSync(process.execPath, [PROGRAM], { cwd: folder }).status;
}

test('what is installed as locked needs no installation', () => {
  expect(exitCode()).toBe(0);
});

test('another version that is locked needs one', () => {
  write('package-lock.json', { packages: { ...LOCKED, 'node_modules/x': { version: '1.0.1' } } });
  expect(exitCode()).toBe(1);
});

test("so does a workspace's own node_modules that is missing, or holds another version", () => {
  write('libs/a/node_modules/x/package.json', { version: '1.0.0' });
  expect(exitCode()).toBe(1);
  rmSync(join(folder, 'libs/a/node_modules'), { recursive: true });
  expect(exitCode()).toBe(1);
});
