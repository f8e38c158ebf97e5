import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DCLinter } from 'dclint';
import { REPOSITORY } from './paths.js';
import { GIVEN } from './settings.js';

const FILE = join(REPOSITORY, 'infra/compose.yaml');

interface Linted {
  readonly filePath: string;
  readonly messages: readonly { readonly type: 'error' | 'warning' }[];
}

test('the compose file is one by the schema of the compose specification, and exports no port twice', () => {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [], disableAllRules: false });
  const [linted, ...others]: readonly Linted[] = linter.lintFiles([FILE], false);
  expect(others).toEqual([]);
  expect(linted?.filePath).toBe(FILE);
  // Its warnings are about style: quotes and the order of keys.
  expect(linted?.messages.filter(({ type }) => type === 'error')).toEqual([]);
});

test('it has every part that can be given to the local stack', () => {
  const text = readFileSync(FILE, 'utf8');
  for (const [part, variable] of Object.entries(GIVEN)) {
    expect(text).toMatch(new RegExp(`^ {2}${part}:\\n {4}image:`, 'm'));
    expect(text).toMatch(new RegExp(`^#.* ${variable}=`, 'm'));
  }
});
