import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { paypalSubject as subject } from '../testing/conformance/paypal-subject.js';
import { type GatewayProxy, startProxy } from '../testing/conformance/proxy.js';
import { TestGateways } from '../testing/conformance/test-gateways.js';
import { TestPayment } from '../testing/conformance/test-payment.js';

let gateways: TestGateways;
beforeAll(async () => {
  gateways = await TestGateways.start();
});
beforeEach(() => gateways.reset());
afterAll(() => gateways.close());

const tokens = () => gateways.countOf('paypal', 'oauth2.token');
const creations = () => gateways.countOf('paypal', 'orders.create');

describe("PayPal's access token", () => {
  test('is requested once, however many calls wait for it', async () => {
    const client = gateways.client(subject);
    const payments = Array.from({ length: 8 }, () => new TestPayment({ gateways, subject, client }));
    await Promise.all(payments.map((payment) => payment.send('create')));
    expect({ tokens: tokens().requests, creations: creations().executed }).toEqual({
      tokens: 1,
      creations: 8,
    });
  });

  test.each([
    ['server_error_after', 'API_CONNECTION_ERROR', 'no_access_token'],
    ['unavailable', 'API_CONNECTION_ERROR', 'no_access_token'],
    ['drop_reply', 'API_CONNECTION_ERROR', 'no_access_token'],
    ['reset', 'API_CONNECTION_ERROR', 'no_access_token'],
    ['timeout_before', 'API_CONNECTION_ERROR', 'no_access_token'],
    ['rate_limit', 'RATE_LIMIT_ERROR', 'RATE_LIMIT_REACHED'],
  ] as const)(
    'that cannot be had by %s leaves the call unsent, and the next one goes through',
    async (kind, type, code) => {
      // The time of a call holds for connecting and for the token as well.
      const client = gateways.client(subject, gateways.base, kind === 'timeout_before' ? 2_000 : undefined);
      const payment = new TestPayment({ gateways, subject, client });
      gateways.strikeOnce('paypal', 'oauth2.token', kind);
      const error = await gatewayErrorOf(payment.send('create'));
      expect(error).toMatchObject({ type, failure: { code } });
      expect(error.isProvablyNotExecuted).toBe(true);
      expect(creations().requests).toBe(0);
      await payment.send('create');
      expect(creations().executed).toBe(1);
    },
  );

  test('that cannot be obtained is an error of a read as well', async () => {
    gateways.strikeOnce('paypal', 'oauth2.token', 'unavailable');
    const error = await gatewayErrorOf(gateways.client(subject).fetch('NONE'));
    expect(error).toMatchObject({ type: 'API_ERROR', httpStatus: 503 });
  });
});

describe('an access token that PayPal revokes before it expires', () => {
  let proxy: GatewayProxy;
  let refusals: number;
  beforeEach(async () => {
    proxy = await startProxy(gateways, (path) => {
      if (path.includes('/oauth2/') || refusals === 0) return undefined;
      refusals--;
      return { status: 401, body: { error: 'invalid_token' } };
    });
  });
  afterEach(() => proxy.close());
  const client = () => gateways.client(subject, proxy.base);

  test('is replaced, and the call is executed once', async () => {
    refusals = 1;
    await new TestPayment({ gateways, subject, client: client() }).send('create');
    expect({ tokens: tokens().requests, creations: creations().executed }).toEqual({
      tokens: 2,
      creations: 1,
    });
  });

  test('is replaced once: a second rejection is an AUTHENTICATION_ERROR', async () => {
    refusals = 2;
    const payment = new TestPayment({ gateways, subject, client: client() });
    const error = await gatewayErrorOf(payment.send('create'));
    expect(error).toMatchObject({ type: 'AUTHENTICATION_ERROR', httpStatus: 401 });
    expect(creations().requests).toBe(0);
  });
});
