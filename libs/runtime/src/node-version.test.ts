import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { nodeProblem } from './node-version.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAMS = globSync(
  [
    'services/*/dist/main.js',
    'examples/*/dist/main.js',
    'infra/simulator/dist/main.js',
    'libs/messaging/dist/setup.js',
    'libs/persistence/dist/migrate.js',
  ],
  { cwd: ROOT },
);
const OLDER_NODE =
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})";

test.each(['20.20.2', '22.22.0', '24.5.9'])('%s is too old', (found) => {
  expect(nodeProblem(found)).toBe(`Node.js 24.6.0 or newer is needed, this is ${found}`);
});

test.each(['24.6.0', '24.21.0', '26.0.0'])('%s is new enough', (found) => {
  expect(nodeProblem(found)).toBeUndefined();
});

test.each(PROGRAMS)('%s says on an older Node.js what it needs', async (program) => {
  const ended = await new Promise((resolve) => {
    execFile(process.execPath, ['--import', OLDER_NODE, program], { cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: error?.code, stdout, stderr }),
    );
  });
  expect(ended).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^Node\.js 24\.6\.0 or newer is needed, this is 20\.20\.2: run .*\n$/),
  });
});
