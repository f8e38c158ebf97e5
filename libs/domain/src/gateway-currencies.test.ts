import { expect, test } from '@jest/globals';
import { reasonCurrencyNotTaken } from './gateway-currencies.js';

test.each([
  ['razorpay', 'INR', null],
  ['razorpay', 'JPY', null],
  ['razorpay', 'KWD', expect.stringMatching(/^razorpay takes no KWD here/)],
  ['razorpay', 'BHD', expect.stringMatching(/^razorpay takes no BHD here/)],
  ['stripe', 'KWD', null],
  ['paypal', 'KWD', null],
] as const)('%s in %s: %p', (provider, currency, reason) => {
  expect(reasonCurrencyNotTaken(provider, currency)).toEqual(reason);
});
