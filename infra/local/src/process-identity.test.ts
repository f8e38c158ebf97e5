import { expect, test } from '@jest/globals';
import { identityOf, isAlive, parseStatStart, residentBytes, signal } from './process-identity.js';

test('the start time is found behind a program name with spaces and brackets', () => {
  const rest = Array.from({ length: 50 }, (_, index) => String(index + 4));
  expect(parseStatStart(`77 (we (ird) 3) S ${rest.join(' ')}`)).toBe('22');
  expect(parseStatStart(`77 (gone) Z ${rest.join(' ')}`)).toBeUndefined();
});

test('a process is itself, and not another one that got its id', () => {
  const me = identityOf(process.pid);
  expect(me && isAlive(me)).toBe(true);
  const before = { pid: process.pid, startedAt: '1' };
  expect(isAlive(before)).toBe(false);
  expect(signal(before, 'SIGKILL')).toBe(false);
  expect(residentBytes(process.pid)).toBeGreaterThan(1024 * 1024);
});
