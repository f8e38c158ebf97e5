import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { eventsDocument } from './events-document.js';

test('docs/events.md says what the tables say: else run `npm run docs:events -w libs/gateways`', () => {
  expect(readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8')).toBe(eventsDocument());
});
