import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './paths.js';

/** What the stack's processes run; tests are none of it. */
const CODE = ['libs', 'services', 'infra'].map((folder) => `${folder}/*/dist/**/*.js`);
const TESTS = ['**/*.test.js', '**/testing/**'];

/** When that code was last built, in milliseconds since the epoch. tsc writes no file that stays as it was. */
export function builtAt(root: string = REPOSITORY): number {
  const files = globSync(CODE, { cwd: root, exclude: TESTS });
  return Math.max(...files.map((file) => statSync(join(root, file)).mtimeMs));
}
