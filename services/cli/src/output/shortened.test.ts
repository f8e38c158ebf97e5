import { expect, test } from '@jest/globals';
import { shortened, withShortQuotes } from './shortened.js';

test('a value is cut after a hundred characters, and none of them in the middle', () => {
  expect(shortened('x'.repeat(100))).toBe('x'.repeat(100));
  expect(shortened(`${'€😀'.repeat(50)}\n${'y'.repeat(100_000)}`)).toBe(`${'€😀'.repeat(50)}…`);
});

test.each(['x', "'", "a'b'", '\n'])('a message keeps what it says about a very long value of %j', (text) => {
  const long = text.repeat(100_000);
  const shown = withShortQuotes(
    `error: option '--reason <text>' argument '${long}' is invalid. It is too long.`,
  );
  expect(shown.length).toBeLessThan(250);
  expect(shown).toMatch(/^error: option '--reason <text>' argument '.*…' is invalid\. It is too long\.$/s);
});

test('a short message is as it was', () => {
  const message = "error: unknown command 'gatway'\n(Did you mean gateway?)";
  expect(withShortQuotes(message)).toBe(message);
});
