import { expect, test } from '@jest/globals';
import { reasonNotTaken } from './amount-steps.js';

test.each([
  ['stripe', 5120n, 'KWD', null],
  ['stripe', 5124n, 'KWD', 'stripe takes KWD in steps of 10 minor units'],
  ['stripe', 1n, 'TND', 'stripe takes TND in steps of 10 minor units'],
  ['stripe', 150n, 'MGA', 'stripe takes MGA in steps of 100 minor units'],
  ['stripe', 1999n, 'USD', null],
  ['stripe', 1999n, 'HUF', null],
  ['paypal', 1999n, 'HUF', 'paypal takes HUF in steps of 100 minor units'],
  ['paypal', 1900n, 'TWD', null],
  ['razorpay', 5124n, 'KWD', null],
] as const)('%s, %i minor units of %s: %s', (provider, amountMinor, currency, reason) => {
  expect(reasonNotTaken(provider, { amountMinor, currency })).toBe(reason);
});
