import { expect, test } from '@jest/globals';
import { describeSettings } from './describe-settings.js';
import { setting } from './settings.js';

test('settings become a table with what each needs and means', () => {
  const settings = {
    A_URL: setting.url({ doc: 'Where a | b is.' }),
    WAIT_MS: setting.milliseconds({ doc: 'How long.', default: 5, max: 10 }),
    HOSTS: setting.list({ doc: 'Which.', default: ['a', 'b'] }),
    NOTE: setting.text({ doc: 'Anything.', optional: true }),
  };
  expect(describeSettings([{ title: 'Some', about: 'For all.', settings }])).toBe(`## Some

For all.

| name | value | default | meaning |
|---|---|---|---|
| \`A_URL\` | URL (http://… or https://…) | **required** | Where a \\| b is. |
| \`WAIT_MS\` | milliseconds, 0 to 10 | \`5\` | How long. |
| \`HOSTS\` | comma-separated list | \`a,b\` | Which. |
| \`NOTE\` | text | – | Anything. |
`);
});
