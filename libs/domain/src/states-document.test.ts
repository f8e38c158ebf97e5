import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { statesDocument } from './states-document.js';

test('docs/states.md says what the tables say: else run `npm run docs:states -w libs/domain`', () => {
  expect(readFileSync(new URL('../../../docs/states.md', import.meta.url), 'utf8')).toBe(statesDocument());
});
