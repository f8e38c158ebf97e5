import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { lockOwner, withLock } from './lock.js';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('work under one lock is done one after the other', async () => {
  const file = join(folder, 'busy');
  const order: string[] = [];
  const { promise: waits, resolve: onWait } = Promise.withResolvers<unknown>();
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
  const first = withLock(file, async () => {
    held();
    await waits;
    order.push('first');
  });
  await isHeld;
  await withLock(file, async () => order.push('second'), { onWait, timeoutMs: 4000 });
  await first;
  expect(order).toEqual(['first', 'second']);
  expect(lockOwner(file)).toBeUndefined();
});

test.each([
  ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' })],
  [
    'of an earlier process with the id of one that runs',
    JSON.stringify({ pid: process.pid, startedAt: '1' }),
  ],
  ['that was cut off in writing', '{"pid": 1'],
])('a lock %s is taken over', async (_, content) => {
  const file = join(folder, 'stale');
  writeFileSync(file, content);
  expect(await withLock(file, async () => 'done', { timeoutMs: 2000 })).toBe('done');
});
