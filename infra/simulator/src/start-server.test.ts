import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { freePorts } from '@payments/local/testing';
import { createLogger } from '@payments/runtime';
import { BODY_BYTES_MAX } from './api/read-body.js';
import { stripeTarget } from './delivery/webhook-targets.js';
import { Simulator, type SimulatorOptions } from './simulator.js';
import { type ServerOptions, type SimulatorServer, startServer } from './start-server.js';
import { razorpayClient, stripeClient } from './testing/test-simulator.js';

const closing: SimulatorServer[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((server) => server.close()));
});

async function start(options: Partial<ServerOptions> = {}, more: Partial<SimulatorOptions> = {}) {
  const logger = createLogger({ service: 'simulator-test', level: 'fatal' });
  const simulator = new Simulator({ logger, settings: { customerMode: 'manual' }, ...more });
  const server = await startServer(simulator, { port: 0, host: '127.0.0.1', ...options });
  closing.push(server);
  const base = `http://127.0.0.1:${server.port}`;
  return { simulator, server, base };
}

const control = (base: string, method: string, path: string, body?: object) =>
  fetch(`${base}/control${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

test("answers are dated by the simulator's clock", async () => {
  const { simulator, base } = await start();
  simulator.clock.advance(3_600_000);
  const response = await fetch(`${base}/stripe/v1/payment_intents`);
  const date = Date.parse(response.headers.get('date') ?? '');
  expect(date).toBeGreaterThan(Date.now() + 3_500_000);
  expect(date).toBeLessThanOrEqual(simulator.clock.now());
});

describe("a gateway's own port", () => {
  test('refuses connections while the gateway is down, and takes them again', async () => {
    const [port] = (await freePorts(1)) as [number];
    const { base } = await start({ gatewayPorts: { stripe: port } });
    const stripe = stripeClient(port);
    await stripe.paymentIntents.create({ amount: 5, currency: 'usd' });
    const added = await control(base, 'POST', '/faults', { provider: 'stripe', kind: 'down' });
    const { id } = (await added.json()) as { id: number };
    expect(await codeOfConnecting(port)).toBe('ECONNREFUSED');
    await control(base, 'DELETE', `/faults/${id}`);
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  test('is for that gateway alone', async () => {
    const { server } = await start({ gatewayPorts: { razorpay: 0 } });
    const port = server.gatewayPorts.razorpay ?? 0;
    await expect(razorpayClient(port).orders.all()).resolves.toMatchObject({ count: 0 });
    const response = await fetch(`http://127.0.0.1:${port}/control/ledger`);
    expect(response.status).toBe(404);
  });
});

function codeOfConnecting(port: number): Promise<unknown> {
  return new Promise((resolve) => {
    const probe = request({ port, host: '127.0.0.1' }, (response) => resolve(response.statusCode));
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.end();
  });
}

describe('the one port of all gateways', () => {
  test.each([
    ['/v1/refunds/re_1', { authorization: 'Bearer sk_test_1' }, /No such refund/],
    ['/v1/refunds/rfnd_1', { authorization: `Basic ${btoa('rzp_test_1:x')}` }, /id provided does not exist/],
    ['/razorpay/v1/refunds/rfnd_1', {}, /Authentication failed/],
    ['/v1/orders/order_1', { authorization: `Basic ${btoa('rzp_test_1:x')}` }, /id provided does not exist/],
    ['/v2/checkout/orders/O1', {}, /AUTHENTICATION_FAILURE/],
    ['/paypal/v1/anything', {}, /RESOURCE_NOT_FOUND/],
    ['/v1/balance', { authorization: 'Bearer sk_test_1' }, /Unrecognized request URL/],
  ])('%s with %j is answered by the one that is meant', async (path, headers, answer) => {
    const { base } = await start();
    const response = await fetch(`${base}${path}`, { headers: headers as Record<string, string> });
    expect(await response.text()).toMatch(answer);
  });

  test('refuses bodies beyond its bound, and paths that are none', async () => {
    const { base } = await start();
    const body = new Uint8Array(BODY_BYTES_MAX + 1);
    const status = await fetch(`${base}/v1/refunds`, { method: 'POST', body }).then(
      (response) => response.status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(status);
    expect((await fetch(`${base}//`)).status).toBe(400);
    expect((await fetch(`${base}/`)).status).toBe(404);
  });

  test('takes only the credentials that it was given', async () => {
    const { server } = await start({}, { stripeApiKey: 'sk_test_mine' });
    await expect(stripeClient(server.port, 'sk_test_other').paymentIntents.list()).rejects.toMatchObject({
      statusCode: 401,
    });
    await expect(stripeClient(server.port, 'sk_test_mine').paymentIntents.list()).resolves.toMatchObject({
      data: [],
    });
  });
});

describe('the page that a customer is sent to', () => {
  const form = (act: string) => ({
    method: 'POST',
    body: new URLSearchParams({ act }),
    redirect: 'manual' as const,
  });

  test('lets the customer agree or refuse, and sends back to the shop', async () => {
    const { server, simulator } = await start();
    const stripe = stripeClient(server.port);
    const { id } = await stripe.paymentIntents.create({ amount: 5, currency: 'usd' });
    const confirmed = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_threeDSecure2Required',
      return_url: 'https://shop.example/return',
    });
    const url = confirmed.next_action?.redirect_to_url?.url ?? '';
    expect(await (await fetch(url.replace('localhost', '127.0.0.1'))).text()).toContain(id);
    const answer = await fetch(url.replace('localhost', '127.0.0.1'), form('agree'));
    expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({
      status: 303,
      location: 'https://shop.example/return',
    });
    expect(simulator.stripe.payments.get(id)?.status).toBe('succeeded');
    expect((await fetch(url.replace('localhost', '127.0.0.1'))).status).toBe(404);
  });

  test('keeps a refused order of Razorpay open for another try', async () => {
    const { server, simulator, base } = await start();
    const { id } = await razorpayClient(server.port).orders.create({ amount: 49_900, currency: 'INR' });
    await fetch(`${base}/checkout/razorpay/${id}`, form('refuse'));
    await fetch(`${base}/checkout/razorpay/${id}`, form('agree'));
    expect(simulator.razorpay.orders.get(id)?.payments.map(({ status }) => status)).toEqual([
      'failed',
      'authorized',
    ]);
  });

  test('is not there for what nobody waits for', async () => {
    const { base } = await start();
    for (const path of [
      '/checkout',
      '/checkout/stripe/pi_none',
      '/checkout/adyen/x',
      '/checkout/<script>/x',
    ]) {
      const response = await fetch(`${base}${path}`);
      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain('script');
    }
  });
});

test('webhooks that wait are bounded: what comes on top is given up', async () => {
  const { simulator } = await start({}, { paymentsMax: 3 });
  simulator.webhooks.setTarget('stripe', stripeTarget('http://127.0.0.1:1/', 'whsec_test'));
  for (const id of ['evt_1', 'evt_2', 'evt_3', 'evt_4']) {
    simulator.webhooks.publish({ provider: 'stripe', id, type: 'x', body: Buffer.from('{}') });
  }
  expect(simulator.webhooks.stateOf('stripe', 'evt_3')).toBe('waiting');
  expect(simulator.webhooks.stateOf('stripe', 'evt_4')).toBe('given_up');
});

test('the oldest payments are forgotten when there are too many, and the ledger says how many', async () => {
  const { server, base } = await start({}, { paymentsMax: 3 });
  const stripe = stripeClient(server.port);
  const ids: string[] = [];
  for (let amount = 1; amount <= 5; amount++) {
    const { id } = await stripe.paymentIntents.create({ amount, currency: 'usd' });
    await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    ids.push(id);
  }
  await expect(stripe.paymentIntents.retrieve(ids[0] ?? '')).rejects.toMatchObject({ statusCode: 404 });
  const { payments, forgotten } = (await (await control(base, 'GET', '/ledger')).json()) as {
    payments: object[];
    forgotten: object;
  };
  expect(payments).toHaveLength(3);
  expect(forgotten).toEqual({ stripe: 2, paypal: 0, razorpay: 0 });
});
