import { expect, test } from '@jest/globals';
import { age, statusTable } from './status-table.js';

test('a part is one line, with what is not known as a dash', () => {
  const none = {
    pid: undefined,
    port: undefined,
    startedAt: undefined,
    residentBytes: undefined,
    restarts: 0,
  };
  const table = statusTable(
    [
      {
        name: 'kafka',
        state: 'ready',
        pid: 12,
        port: 19092,
        startedAt: 1000,
        restarts: 2,
        residentBytes: 300 * 1024 * 1024,
        detail: undefined,
      },
      { ...none, name: 'redis', state: 'external', detail: 'redis://r.example' },
    ],
    66_000,
  );
  expect(table.split('\n')).toEqual([
    'part   state     pid  port   memory  age    restarts',
    'kafka  ready     12   19092  300 MB  1m 5s  2',
    'redis  external  -    -      -       -      0         redis://r.example',
  ]);
});

test('an age is told in its two largest units', () => {
  expect([0, 59_999, 61_000, 3_661_000, 90_000_000].map(age)).toEqual([
    '0s',
    '59s',
    '1m 1s',
    '1h 1m',
    '1d 1h',
  ]);
});
