import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GATEWAY_OPERATIONS } from '@payments/domain';
import { closedPort } from '../../testing/conformance/closed-port.js';
import { gatewayErrorOf } from '../../testing/conformance/gateway-error-of.js';
import { startProxy } from '../../testing/conformance/proxy.js';
import { SUBJECTS } from '../../testing/conformance/subjects.js';
import { TestGateways } from '../../testing/conformance/test-gateways.js';
import { paymentBefore, TestPayment } from '../../testing/conformance/test-payment.js';
import type { GatewayClient } from '../gateway-client.js';

let gateways: TestGateways;
beforeAll(async () => {
  gateways = await TestGateways.start();
});
beforeEach(() => gateways.reset());
afterAll(() => gateways.close());

describe.each(SUBJECTS)('the error of the client of $provider for a call that', (subject) => {
  const { provider, mutations } = subject;
  const operations = GATEWAY_OPERATIONS.filter((operation) => mutations[operation] !== undefined);
  let client: GatewayClient;
  beforeEach(() => {
    client = gateways.client(subject);
  });

  test.each(operations)('exceeds the rate limit: %s', async (operation) => {
    const payment = await paymentBefore(operation, { gateways, subject, client });
    const name = mutations[operation] ?? '';
    gateways.strikeOnce(provider, name, 'rate_limit', { retryAfterS: 7 });
    const error = await gatewayErrorOf(payment.send(operation));
    expect(error).toMatchObject({ type: 'RATE_LIMIT_ERROR', httpStatus: 429, retryAfterMs: 7000 });
    expect(error.isProvablyNotExecuted).toBe(true);
    expect(gateways.countOf(provider, name).executed).toBe(0);
    await payment.send(operation);
  });

  test.each(operations)('cannot connect: %s', async (operation) => {
    const payment = await paymentBefore(operation, { gateways, subject, client });
    const call = payment.call(operation);
    for (const base of [`http://127.0.0.1:${await closedPort()}`, 'http://gateway.invalid']) {
      const error = await gatewayErrorOf(gateways.client(subject, base).send(call));
      expect(error).toMatchObject({
        type: 'API_CONNECTION_ERROR',
        failure: { code: 'connection_refused' },
      });
      expect(error.isProvablyNotExecuted).toBe(true);
    }
  });

  test.each([{ message: 'blocked' }, { error: 'blocked' }])(
    "a proxy forbids, with a body that is not the gateway's: %j",
    async (body) => {
      const payment = await paymentBefore('refund', { gateways, subject, client });
      const proxy = await startProxy(gateways, (path) =>
        path.includes('refund') ? { status: 403, body } : undefined,
      );
      try {
        const call = payment.call('refund');
        const error = await gatewayErrorOf(gateways.client(subject, proxy.base).send(call));
        expect(error).toMatchObject({ type: 'UNKNOWN_OUTCOME', isProvablyNotExecuted: false });
      } finally {
        await proxy.close();
      }
    },
  );

  test('is declined', async () => {
    if (subject.declineNext === null) return;
    const payment = await paymentBefore('confirm', { gateways, subject, client });
    const error = await gatewayErrorOf(payment.send('confirm', subject.declineNext(gateways)));
    expect(error.type).toBe('CARD_DECLINED');
    expect(error.failure.code).toMatch(/^\w+$/);
    expect(error.isProvablyNotExecuted).toBe(true);
    expect(await gateways.ledgerOf(payment.intentId)).toMatchObject({ chargeCount: 0 });
  });

  test('refunds more than was captured', async () => {
    const payment = await paymentBefore('refund', { gateways, subject, client });
    const amount = { amountMinor: 2000n, currency: subject.currency };
    const error = await gatewayErrorOf(payment.send('refund', { amount }));
    expect(error.type).toBe('INVALID_REQUEST');
    expect(await gateways.ledgerOf(payment.intentId)).toMatchObject({ refundCount: 0 });
  });

  test('is about an object that does not exist', async () => {
    const payment = await paymentBefore('refund', { gateways, subject, client });
    const [unknown = null] = subject.unknownIds;
    const call = payment.call('refund', { gatewayObjectId: unknown, targetId: unknown });
    expect((await gatewayErrorOf(client.send(call))).type).toBe('INVALID_REQUEST');
    expect(await client.inquire(call)).toBeNull();
  });

  test.each([
    ['rate_limit', 'RATE_LIMIT_ERROR'],
    ['server_error_before', 'API_ERROR'],
    ['unavailable', 'API_ERROR'],
    ['timeout_before', 'API_ERROR'],
    ['drop_reply', 'API_ERROR'],
    ['reset', 'API_ERROR'],
  ] as const)('only reads, and fails with %s', async (kind, type) => {
    const payment = await paymentBefore('confirm', { gateways, subject, client });
    const id = payment.answers[0]?.gatewayObjectId ?? '';
    const reader = kind === 'timeout_before' ? await gateways.hastyClient(subject) : client;
    gateways.strikeOnce(provider, subject.read, kind);
    const error = await gatewayErrorOf(reader.fetch(id));
    expect({ type: error.type, isProvablyNotExecuted: error.isProvablyNotExecuted }).toEqual({
      type,
      isProvablyNotExecuted: true,
    });
    expect(await client.fetch(id)).not.toBeNull();
  });

  test('only reads, and cannot connect', async () => {
    const away = gateways.client(subject, `http://127.0.0.1:${await closedPort()}`);
    const error = await gatewayErrorOf(away.fetch(subject.unknownIds[0] ?? ''));
    expect(error.type).toBe('API_CONNECTION_ERROR');
  });

  test.each(subject.unknownIds)('fetches the unknown id %p: there is none, only null', async (id) => {
    expect(await client.fetch(id)).toBeNull();
  });
});

describe.each(SUBJECTS)('with wrong credentials at $provider', (subject) => {
  test('nothing is executed and nothing is read', async () => {
    const strict = await TestGateways.start({
      stripeApiKey: 'sk_test_other',
      paypalCredentials: { clientId: 'other', clientSecret: 'other' },
      razorpayCredentials: { keyId: 'rzp_test_other', keySecret: 'other' },
    });
    try {
      const client = strict.client(subject);
      const payment = new TestPayment({ gateways: strict, subject, client });
      const error = await gatewayErrorOf(payment.send('create'));
      expect(error).toMatchObject({ type: 'AUTHENTICATION_ERROR', httpStatus: 401 });
      expect((await gatewayErrorOf(client.fetch(subject.unknownIds[0] ?? ''))).type).toBe(
        'AUTHENTICATION_ERROR',
      );
    } finally {
      await strict.close();
    }
  });
});
