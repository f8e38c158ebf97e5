import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CheckoutPaymentIntent } from '@paypal/paypal-server-sdk';
import { ALL, paypalOrders, refused, usd } from '../testing/paypal-orders.js';
import { startTestSimulator, type TestSimulator } from '../testing/test-simulator.js';
import { issueToken, TOKEN_LIFETIME_S } from './access-tokens.js';

let sim: TestSimulator;
const { create, approved, captured, authorized } = paypalOrders(() => sim);
beforeAll(async () => {
  sim = await startTestSimulator({ paypalReportingLagMs: 0 });
});
beforeEach(() => sim.simulator.reset());
afterAll(() => sim.close());

describe("an order's life through PayPal's SDK", () => {
  test('created, approved, captured, and refunded in two parts', async () => {
    const order = await create();
    expect(order).toMatchObject({
      status: 'CREATED',
      links: expect.arrayContaining([
        expect.objectContaining({ rel: 'approve', href: `${sim.server.url}/checkout/paypal/${order.id}` }),
      ]),
    });
    await sim.control('POST', `/customers/paypal/${order.id}`, { act: 'agree' });
    expect((await sim.paypal.orders.getOrder({ id: order.id })).result.status).toBe('APPROVED');
    const { result, statusCode } = await sim.paypal.orders.captureOrder({ id: order.id });
    expect({ status: result.status, statusCode }).toEqual({ status: 'COMPLETED', statusCode: 201 });
    const capture = result.purchaseUnits?.[0]?.payments?.captures?.[0];
    expect(capture).toMatchObject({
      status: 'COMPLETED',
      amount: usd('19.99'),
      customId: 'intent-1',
      finalCapture: true,
    });

    const captureId = capture?.id ?? '';
    const first = await sim.paypal.payments.refundCapturedPayment({
      captureId,
      body: { amount: usd('5.00') },
      ...ALL,
    });
    expect(first.result).toMatchObject({ status: 'COMPLETED', amount: usd('5.00') });
    expect((await sim.paypal.payments.getCapturedPayment({ captureId })).result.status).toBe(
      'PARTIALLY_REFUNDED',
    );
    await sim.paypal.payments.refundCapturedPayment({ captureId });
    expect((await sim.paypal.payments.getCapturedPayment({ captureId })).result.status).toBe('REFUNDED');
    const refund = await sim.paypal.payments.getRefund({ refundId: first.result.id ?? '' });
    expect(refund.result).toMatchObject({ amount: usd('5.00'), customId: 'intent-1' });
  });

  test('authorized and captured in parts', async () => {
    const authorizationId = await authorized();
    const held = await sim.paypal.payments.getAuthorizedPayment({ authorizationId });
    expect(held.result).toMatchObject({ status: 'CREATED', amount: usd('19.99') });
    const first = await sim.paypal.payments.captureAuthorizedPayment({
      authorizationId,
      body: { amount: usd('9.99') },
      ...ALL,
    });
    expect(first.result).toMatchObject({ status: 'COMPLETED', amount: usd('9.99'), finalCapture: false });
    const last = await sim.paypal.payments.captureAuthorizedPayment({
      authorizationId,
      body: { amount: usd('5.00'), finalCapture: true },
    });
    expect(last.result.status).toBe('COMPLETED');
    const spent = await sim.paypal.payments.getAuthorizedPayment({ authorizationId });
    expect(spent.result.status).toBe('CAPTURED');
  });

  test('authorized and voided', async () => {
    const authorizationId = await authorized();
    const answer = await sim.paypal.payments.voidPayment({ authorizationId });
    expect(answer.statusCode).toBe(204);
    await expect(sim.paypal.payments.captureAuthorizedPayment({ authorizationId })).rejects.toMatchObject(
      refused('AUTHORIZATION_VOIDED'),
    );
    await expect(sim.paypal.payments.voidPayment({ authorizationId })).rejects.toMatchObject(
      refused('PREVIOUSLY_VOIDED'),
    );
  });

  test('pending first, and then completed', async () => {
    await sim.control('PATCH', '/settings', { settlementDelayMs: 60_000 });
    const id = await approved();
    const mock = { paypalMockResponse: '{"mock_application_codes":"PENDING_REVIEW"}' };
    const { result } = await sim.paypal.orders.captureOrder({ id, ...mock });
    const capture = result.purchaseUnits?.[0]?.payments?.captures?.[0];
    expect(capture?.status).toBe('PENDING');
    const captureId = capture?.id ?? '';
    await expect(sim.paypal.payments.refundCapturedPayment({ captureId })).rejects.toMatchObject(
      refused('CAPTURE_STATUS_NOT_VALID'),
    );
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    expect((await sim.paypal.payments.getCapturedPayment({ captureId })).result.status).toBe('COMPLETED');
  });

  test.each([
    ['1999', 'JPY'],
    ['500', 'HUF'],
    ['0.05', 'USD'],
  ])('in %s %s', async (value, currency) => {
    const { purchaseUnits } = await create(value, currency);
    expect(purchaseUnits?.[0]?.amount).toEqual({ currencyCode: currency, value });
  });
});

describe('PayPal refuses', () => {
  test('to capture what the payer has not approved', async () => {
    const { id } = await create();
    await expect(sim.paypal.orders.captureOrder({ id })).rejects.toMatchObject(refused('ORDER_NOT_APPROVED'));
    await sim.control('POST', `/customers/paypal/${id}`, { act: 'refuse' });
    await expect(sim.paypal.orders.captureOrder({ id })).rejects.toMatchObject(refused('ORDER_NOT_APPROVED'));
  });

  test('to capture twice, or what was to be authorized', async () => {
    const id = await approved();
    await sim.paypal.orders.captureOrder({ id });
    await expect(sim.paypal.orders.captureOrder({ id })).rejects.toMatchObject(
      refused('ORDER_ALREADY_CAPTURED'),
    );
    const other = await approved(CheckoutPaymentIntent.Authorize);
    await expect(sim.paypal.orders.captureOrder({ id: other })).rejects.toMatchObject(
      refused('ACTION_DOES_NOT_MATCH_INTENT'),
    );
  });

  test('an instrument that is declined, and takes it the next time', async () => {
    const id = await approved();
    const mock = { paypalMockResponse: '{"mock_application_codes":"INSTRUMENT_DECLINED"}' };
    const page = { href: `${sim.server.url}/checkout/paypal/${id}`, rel: 'redirect', method: 'GET' };
    const declined = refused('INSTRUMENT_DECLINED');
    await expect(sim.paypal.orders.captureOrder({ id, ...mock })).rejects.toMatchObject({
      ...declined,
      result: { ...declined.result, links: expect.arrayContaining([page]) },
    });
    await sim.control('POST', `/customers/paypal/${id}`, { act: 'agree' });
    expect((await sim.paypal.orders.captureOrder({ id })).result.status).toBe('COMPLETED');
  });

  test('to capture more than is authorized, or in another currency', async () => {
    const authorizationId = await authorized();
    const capture = (currencyCode: string, value: string) =>
      sim.paypal.payments.captureAuthorizedPayment({
        authorizationId,
        body: { amount: { currencyCode, value } },
      });
    await expect(capture('USD', '20.00')).rejects.toMatchObject(refused('MAX_CAPTURE_AMOUNT_EXCEEDED'));
    await expect(capture('EUR', '5.00')).rejects.toMatchObject(refused('CURRENCY_MISMATCH'));
    await capture('USD', '19.99');
    await expect(capture('USD', '0.01')).rejects.toMatchObject(refused('AUTHORIZATION_ALREADY_CAPTURED'));
    await expect(sim.paypal.payments.voidPayment({ authorizationId })).rejects.toMatchObject(
      refused('PREVIOUSLY_CAPTURED'),
    );
  });

  test('to refund more than was captured, or twice the whole', async () => {
    const captureId = await captured();
    const refund = (value: string) =>
      sim.paypal.payments.refundCapturedPayment({ captureId, body: { amount: usd(value) } });
    await expect(refund('20.00')).rejects.toMatchObject(refused('REFUND_AMOUNT_EXCEEDED'));
    await refund('10.00');
    await expect(refund('10.00')).rejects.toMatchObject(refused('REFUND_AMOUNT_EXCEEDED'));
    await refund('9.99');
    await expect(refund('0.01')).rejects.toMatchObject(refused('CAPTURE_FULLY_REFUNDED'));
  });

  test('what it does not know', async () => {
    const unknown = refused('INVALID_RESOURCE_ID', 404);
    await expect(sim.paypal.orders.getOrder({ id: 'NONE' })).rejects.toMatchObject(unknown);
    await expect(sim.paypal.orders.captureOrder({ id: 'NONE' })).rejects.toMatchObject(unknown);
    await expect(sim.paypal.payments.getCapturedPayment({ captureId: 'NONE' })).rejects.toMatchObject(
      unknown,
    );
    await expect(sim.paypal.payments.getRefund({ refundId: 'NONE' })).rejects.toMatchObject(unknown);
    await expect(sim.paypal.payments.getAuthorizedPayment({ authorizationId: 'NONE' })).rejects.toMatchObject(
      unknown,
    );
  });

  test.each([
    ['1.999', 'USD', 'DECIMAL_PRECISION', 422],
    ['19.99', 'JPY', 'DECIMAL_PRECISION', 422],
    ['0.00', 'USD', 'CANNOT_BE_ZERO_OR_NEGATIVE', 422],
    ['5.00', 'XXX', 'CURRENCY_NOT_SUPPORTED', 422],
    ['-5.00', 'USD', 'INVALID_PARAMETER_VALUE', 400],
    ['many', 'USD', 'INVALID_PARAMETER_VALUE', 400],
  ])('an amount of %s %s', async (value, currency, issue, status) => {
    await expect(create(value, currency)).rejects.toMatchObject(refused(issue, status));
  });

  test('an order without an amount, and a call without a token', async () => {
    const url = `${sim.server.url}/v2/checkout/orders`;
    const post = async (headers: Record<string, string>, body: string) => {
      const response = await fetch(url, { method: 'POST', headers, body });
      return { status: response.status, body: await response.json() };
    };
    const token = await accessToken();
    const authorization = `Bearer ${token}`;
    expect(await post({ authorization }, '{"intent":"CAPTURE","purchase_units":[{}]}')).toMatchObject({
      status: 400,
      body: {
        name: 'INVALID_REQUEST',
        details: [{ field: '/purchase_units/0/amount', issue: 'MISSING_REQUIRED_PARAMETER' }],
      },
    });
    expect(await post({ authorization }, 'no json')).toMatchObject({ status: 400 });
    expect(await post({}, '{}')).toMatchObject({ status: 401, body: { name: 'AUTHENTICATION_FAILURE' } });
    const expired = `Bearer ${issueToken(Math.floor(Date.now() / 1000) - TOKEN_LIFETIME_S)}`;
    expect(await post({ authorization: expired }, '{}')).toMatchObject({ status: 401 });
  });
});

async function accessToken(): Promise<string> {
  const response = await fetch(`${sim.server.url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('client:secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}
