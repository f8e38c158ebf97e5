import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { lockOwner, withLock } from './lock.js';
import { identityOf } from './process-identity.js';

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

test('a lock whose remover was killed before it was through is taken over', async () => {
  const file = join(folder, 'half-removed');
  const gone = JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' });
  for (const name of [file, `${file}.takeover`]) writeFileSync(name, gone);
  expect(await withLock(file, async () => 'done', { timeoutMs: 2000 })).toBe('done');
});

test('the end of the work leaves alone what is not its own, and misses nothing', async () => {
  const file = join(folder, 'cleared');
  await withLock(file, async () => rmSync(file));
  const other = JSON.stringify(identityOf(process.ppid));
  await withLock(file, async () => writeFileSync(file, other));
  expect(readFileSync(file, 'utf8')).toBe(other);
});

test('processes that contend, and die while they hold it, are never inside together', async () => {
  const lives = Array.from({ length: 6 }, async (_, seat) => {
    const ends: number[] = [];
    for (let life = 0; life < 10; life++) ends.push(await lifeOfContender(join(folder, 'contended'), seat));
    return ends;
  });
  expect(new Set((await Promise.all(lives)).flat())).toEqual(new Set([DIED_INSIDE]));
}, 60_000);

const DIED_INSIDE = 7;

/**
 * Takes the lock again and again; the last time it ends inside, so that the others find the lock of a process
 * that is gone. Fails where another process is inside.
 */
const CONTENDER = `
  import { closeSync, openSync, unlinkSync } from 'node:fs';
  import { setImmediate } from 'node:timers/promises';
  const [module, file, turns] = process.argv.slice(1);
  const { withLock } = await import(module);
  for (let turn = 1; turn <= turns; turn++) {
    const work = async () => {
      closeSync(openSync(file + '.inside', 'wx'));
      await setImmediate();
      unlinkSync(file + '.inside');
      if (turn === Number(turns)) process.exit(${DIED_INSIDE});
    };
    await withLock(file, work, { everyMs: 0, timeoutMs: 30_000 });
  }
`;

async function lifeOfContender(file: string, seat: number): Promise<number> {
  const module = new URL('./lock.js', import.meta.url).href;
  const args = ['--input-type=module', '--eval', CONTENDER, module, file, String(10 + seat)];
  const contender = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(contender, 'exit')) as [number];
  return code;
}
