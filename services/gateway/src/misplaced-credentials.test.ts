import { expect, test } from '@jest/globals';
import { misplacedCredentials } from './misplaced-credentials.js';

const problems = (url: string, value: string) =>
  misplacedCredentials('stripe', { name: 'STRIPE_API_BASE', url }, [{ name: 'STRIPE_API_KEY', value }]);

test.each([
  'sk_test_local_simulator',
  'rzp_test_local_simulator',
  'local-simulator',
  'local-simulator-secret',
])("%s, the simulator's, is taken to no real gateway", (value) => {
  for (const url of ['https://api.stripe.com', 'https://stripe.egress.example:8443/']) {
    expect(problems(url, value)).toEqual([
      `STRIPE_API_KEY is the local simulator's, and STRIPE_API_BASE is ${url}: set STRIPE_API_KEY to your own`,
    ]);
  }
  for (const url of [
    'http://127.0.0.1:8092',
    'https://127.0.0.1',
    'https://localhost:1',
    'https://[::1]:8443',
    'http://simulator:8090',
  ]) {
    expect(problems(url, value)).toEqual([]);
  }
});

test.each(['sk_live_x', 'rk_live_x', 'rzp_live_x'])(
  '%s, of a live account, is sent over https only',
  (value) => {
    for (const url of ['http://127.0.0.1:8092', 'http://api.stripe.com']) {
      expect(problems(url, value)).toEqual([
        `STRIPE_API_KEY is of a live account, and STRIPE_API_BASE is ${url}, which is no https: ` +
          'set STRIPE_API_BASE=https://api.stripe.com, or STRIPE_API_KEY to a key for tests',
      ]);
    }
    expect(problems('https://api.stripe.com', value)).toEqual([]);
  },
);

test.each(['sk_test_x', 'a client id', 'sk_test_my_local_simulator'])('%s goes anywhere', (value) => {
  for (const url of ['http://127.0.0.1:8092', 'https://api.stripe.com'])
    expect(problems(url, value)).toEqual([]);
});
