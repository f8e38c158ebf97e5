import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { commandsDocument } from './commands-document.js';

test('docs/commands.md says what the tables say: else run `npm run docs:commands -w libs/domain`', () => {
  const written = readFileSync(new URL('../../../../docs/commands.md', import.meta.url), 'utf8');
  expect(written).toBe(commandsDocument());
});
