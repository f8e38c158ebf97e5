import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { builtAt } from './built-at.js';

const root = mkdtempSync(join(tmpdir(), 'built-'));
afterAll(() => rmSync(root, { recursive: true }));

function write(file: string, seconds: number): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, seconds, seconds);
}

test('code was built when the newest file that is no test was written', () => {
  write('libs/a/dist/index.js', 100);
  write('services/b/dist/deep/main.js', 200);
  write('services/b/dist/deep/main.test.js', 300);
  write('services/b/dist/testing/harness.js', 300);
  write('services/b/src/main.js', 300);
  write('e2e/dist/demo.js', 300);
  expect(builtAt(root)).toBe(200_000);
});
