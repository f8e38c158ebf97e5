import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CUSTOMER_OPERATIONS } from '../customer/played-customer.js';
import { CALL_FAULTS, CUSTOMER_FAULTS } from '../faults/fault-rule.js';
import { PAYPAL_OPERATIONS } from '../paypal/operations.js';
import { RAZORPAY_OPERATIONS } from '../razorpay/operations.js';
import { STRIPE_OPERATIONS } from '../stripe/operations.js';
import { CONTROLS } from './desk.js';

const document = readFileSync(new URL('../../../../docs/simulator.md', import.meta.url), 'utf8');

test('docs/simulator.md names every operation, fault and control', () => {
  const operations = [STRIPE_OPERATIONS, PAYPAL_OPERATIONS, RAZORPAY_OPERATIONS].flatMap((one) =>
    Object.keys(one),
  );
  const controls = Object.values(CONTROLS).map(({ method, path }) => `${method} ${path}`);
  const names = [
    ...operations,
    ...Object.values(CUSTOMER_OPERATIONS),
    ...CALL_FAULTS,
    ...CUSTOMER_FAULTS,
    ...controls,
  ];
  expect(names.filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
});
