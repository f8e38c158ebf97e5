import { createHmac, createVerify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPayPalChain, type PayPalChain } from '../paypal-chain.js';
import { PayPalSigner } from '../paypal-signer.js';
import { startTestSimulator, type TestSimulator } from '../testing/test-simulator.js';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let chain: PayPalChain;
let sim: TestSimulator;
let receiver: Server;
let received: Received[];
/** What the receiver answers, one after the other; then 200. */
let answers: number[];

beforeAll(async () => {
  chain = await createPayPalChain();
  const signer = new PayPalSigner({
    privateKeyPem: chain.signer.privateKeyPem,
    certificateUrl: 'https://certs.example/1',
  });
  sim = await startTestSimulator({}, signer);
});
beforeEach(async () => {
  await sim.simulator.reset();
  received = [];
  answers = [];
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    });
    response.writeHead(answers.shift() ?? 200).end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = (path: string) => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;
  await sim.control('PUT', '/webhooks/stripe', { url: url('/stripe'), secret: 'whsec_test' });
  await sim.control('PUT', '/webhooks/paypal', { url: url('/paypal'), webhookId: 'WH-TEST' });
  await sim.control('PUT', '/webhooks/razorpay', { url: url('/razorpay'), secret: 'razorpay_test' });
});
afterEach(() => {
  receiver.close();
  receiver.closeAllConnections();
});
afterAll(() => sim.close());

const typeOf = ({ body }: Received) => {
  const event = JSON.parse(body) as { type?: string; event?: string; event_type?: string };
  return event.type ?? event.event ?? event.event_type ?? '';
};
const createPayment = () => sim.stripe.paymentIntents.create({ amount: 1999, currency: 'usd' });
const arrived = (count: number) => sim.until(() => received.length >= count);
const settled = () =>
  sim.until(() => sim.simulator.webhooks.records().every(({ state }) => state !== 'waiting'));

describe('webhooks', () => {
  test("of Stripe tell each step, signed over the body's bytes, as its SDK verifies", async () => {
    const { id } = await createPayment();
    await sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    await arrived(3);
    expect(received.map(typeOf).sort()).toEqual([
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.succeeded',
    ]);
    for (const { headers, body } of received) {
      const signature = headers['stripe-signature'] ?? '';
      const event = sim.stripe.webhooks.constructEvent(body, signature, 'whsec_test');
      expect(await sim.stripe.events.retrieve(event.id)).toMatchObject({ type: event.type });
    }
  });

  test('of Razorpay come with an HMAC of the body', async () => {
    const { id } = await sim.razorpay.orders.create({
      amount: 49_900,
      currency: 'INR',
      payment_capture: true,
    });
    await sim.control('POST', `/customers/razorpay/${id}`, { act: 'agree' });
    await arrived(3);
    expect(received.map(typeOf).sort()).toEqual(['order.paid', 'payment.authorized', 'payment.captured']);
    for (const { headers, body } of received) {
      const signature = createHmac('sha256', 'razorpay_test').update(body).digest('hex');
      expect(headers['x-razorpay-signature']).toBe(signature);
    }
  });

  test('of PayPal keep the transmission of the first attempt, signed by the certificate', async () => {
    answers = [503];
    await sim.simulator.webhooks.publish({
      provider: 'paypal',
      id: 'WH-1',
      type: 'X',
      body: Buffer.from('{"event_type":"X"}'),
    });
    await arrived(1);
    await sim.until(() => sim.simulator.webhooks.records()[0]?.lastResult === 503);
    await sim.control('POST', '/clock', { advanceMs: 3 * 3_600_000 });
    await arrived(2);
    const [first, second] = received.map(({ headers }) => headers);
    for (const name of ['paypal-transmission-id', 'paypal-transmission-time', 'paypal-transmission-sig']) {
      expect(second?.[name]).toBe(first?.[name]);
    }
    const {
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': sig,
    } = first ?? {};
    const verify = createVerify('RSA-SHA256').update(`${id}|${time}|WH-TEST|${crc32('{"event_type":"X"}')}`);
    expect(verify.verify(chain.signer.certificatePem, String(sig), 'base64')).toBe(true);
  });

  test('go nowhere without a target, and are told apart from those that were dropped', async () => {
    await sim.control('PUT', '/webhooks/stripe', {});
    await createPayment();
    await sim.control('PUT', '/webhooks/disorder', { drop: 1 });
    const order = await sim.razorpay.orders.create({ amount: 49_900, currency: 'INR' });
    await sim.control('POST', `/customers/razorpay/${order.id}`, { act: 'agree' });
    const { body } = await sim.control('GET', '/webhooks');
    expect(body.events).toMatchObject([
      { provider: 'stripe', state: 'no_target' },
      { provider: 'razorpay', state: 'dropped', attempts: 0 },
    ]);
    expect(received).toEqual([]);
  });
});

describe('a webhook that is not taken', () => {
  const publish = (provider: 'stripe' | 'paypal' | 'razorpay') =>
    sim.simulator.webhooks.publish({ provider, id: 'one', type: 'x', body: Buffer.from('{}') });
  const record = () => sim.simulator.webhooks.records()[0];

  test('is sent again until it is', async () => {
    answers = [500, 302, 404];
    publish('stripe');
    for (const attempt of [1, 2, 3]) {
      await sim.until(
        () => record()?.attempts === attempt && record()?.lastResult === [500, 302, 404][attempt - 1],
      );
      await sim.control('POST', '/clock', { advanceMs: 12 * 3_600_000 });
    }
    await settled();
    expect(record()).toMatchObject({ attempts: 4, state: 'delivered', lastResult: 200 });
  });

  test.each([
    ['stripe', 10, false],
    ['paypal', 25, false],
    ['razorpay', 12, true],
  ] as const)(
    "is given up at the end of %s's schedule, after %i attempts",
    async (provider, attempts, isDisabled) => {
      const statuses = Array.from({ length: attempts }, (_, attempt) => 500 + attempt);
      answers = [...statuses];
      publish(provider);
      for (const status of statuses) {
        await sim.until(() => record()?.lastResult === status);
        await sim.control('POST', '/clock', { advanceMs: 24 * 3_600_000 });
      }
      expect(record()).toMatchObject({ attempts, state: 'given_up' });
      const { body } = await sim.control('GET', '/webhooks');
      expect(body.targets).toMatchObject({ [provider]: { isDisabled } });
    },
  );

  test("is among Stripe's events without success", async () => {
    answers = [500];
    await createPayment();
    await sim.until(() => record()?.lastResult === 500);
    await createPayment();
    await sim.until(() => sim.simulator.webhooks.records()[1]?.state === 'delivered');
    const failed = await sim.stripe.events.list({ delivery_success: false });
    expect(failed.data.map(({ id }) => id)).toEqual([record()?.id]);
    expect((await sim.stripe.events.list({ delivery_success: true })).data).toHaveLength(1);
  });

  test('is forgotten by a reset', async () => {
    answers = [500];
    publish('stripe');
    await sim.until(() => record()?.lastResult === 500);
    await sim.simulator.reset();
    await sim.control('POST', '/clock', { advanceMs: 24 * 3_600_000 });
    publish('paypal');
    await settled();
    expect(received.map(({ path }) => path)).toEqual(['/stripe', '/paypal']);
  });

  test('is sent again sooner by the factor of time', async () => {
    await sim.control('PATCH', '/settings', { webhookTimeFactor: 1_000_000 });
    answers = [500, 500, 500];
    publish('stripe');
    await settled();
    expect(record()).toMatchObject({ attempts: 4, state: 'delivered' });
  });
});

describe('disorder', () => {
  const inOrder = Array.from({ length: 20 }, (_, index) => 1 + index);

  /**
   * Twenty webhooks in the order in which they arrive. All are published before the clock moves: on a busy machine, the
   * time limit for holding one back could otherwise pass between two of them.
   */
  async function sequenceOf(disorder: object): Promise<number[]> {
    received = [];
    await sim.control('PUT', '/webhooks/disorder', { concurrency: 1, ...disorder });
    const { webhooks, clock } = sim.simulator;
    for (const number of inOrder) {
      const [id, body] = [`evt_${number}`, Buffer.from(`${number}`)];
      webhooks.publish({ provider: 'stripe', id, type: 'x', body });
    }
    clock.advance(60_000);
    await arrived(webhooks.records().reduce((sum, { copies }) => sum + copies, 0));
    return received.map(({ body }) => Number(body));
  }

  test('without any keeps the order', async () => {
    expect(await sequenceOf({})).toEqual(inOrder);
  });

  test.each([
    [{ duplicate: 0.3 }, (sent: number[]) => sent.length > 20 && new Set(sent).size === 20],
    [{ reorder: 0.3 }, (sent: number[]) => sent.length === 20 && new Set(sent).size === 20],
    [{ drop: 0.3 }, (sent: number[]) => sent.length < 20 && sent.length > 5],
    [{ duplicate: 0.3, reorder: 0.3, drop: 0.2 }, (sent: number[]) => new Set(sent).size < 20],
  ])(
    '%j gives the same sequence for the same seed, and another for another',
    async (disorder, isDisorderly) => {
      const first = await sequenceOf({ seed: 5, ...disorder });
      await sim.simulator.reset();
      expect(await sequenceOf({ seed: 5, ...disorder })).toEqual(first);
      expect(isDisorderly(first)).toBe(true);
      expect(first).not.toEqual(inOrder);
      await sim.simulator.reset();
      expect(await sequenceOf({ seed: 6, ...disorder })).not.toEqual(first);
    },
  );

  test('delays webhooks on the clock', async () => {
    await sim.control('PUT', '/webhooks/disorder', { delay: 1, delayMsMax: 3_600_000 });
    await createPayment();
    expect(sim.simulator.webhooks.records()).toMatchObject([{ state: 'waiting', attempts: 0 }]);
    await sim.control('POST', '/clock', { advanceMs: 3_600_000 });
    await arrived(1);
  });
});
