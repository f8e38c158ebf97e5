import { expect, test } from '@jest/globals';
import { errorText } from './error-text.js';

test.each([
  [{ type: 'UNKNOWN_OUTCOME', code: 'timeout', message: 'no answer' }, 'UNKNOWN_OUTCOME timeout: no answer'],
  [{ type: 'UNKNOWN_OUTCOME', code: 'timeout', message: null }, 'UNKNOWN_OUTCOME timeout'],
  [{ type: 'UNKNOWN_OUTCOME', code: 'timeout', message: '' }, 'UNKNOWN_OUTCOME timeout'],
  [{ type: 'NOT_FOUND', code: 'NOT_FOUND', message: 'nothing' }, 'NOT_FOUND: nothing'],
  [{ code: 'card_declined', message: null }, 'card_declined'],
])('%j is %s', (error, text) => {
  expect(errorText(error)).toBe(text);
});
