import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  asIntentRowId,
  decideAll,
  type Fact,
  GATEWAY_PROVIDERS,
  type GatewayProvider,
  intentIdOf,
  newPayment,
  onLeg,
  sumsIn,
  uuidv7,
} from '@payments/domain';
import { createLogger, sleep } from '@payments/runtime';
import {
  type CertificateServer,
  createPayPalChain,
  type LedgerPayment,
  PayPalSigner,
  paypalTarget,
  razorpayTarget,
  Simulator,
  type SimulatorServer,
  serveCertificates,
  startServer,
  stripeTarget,
} from '@payments/simulator';
import { readWebhook } from './read-webhook.js';
import { createWebhookVerifiers } from './verifiers.js';
import type { WebhookVerifier } from './webhook.js';

interface Delivery {
  readonly provider: GatewayProvider;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let certificates: CertificateServer;
let receiver: Server;
let simulator: Simulator;
let server: SimulatorServer;
let verifiers: Record<GatewayProvider, WebhookVerifier>;
let deliveries: Delivery[];

beforeAll(async () => {
  const chain = await createPayPalChain();
  const served = new Map([[chain.certificateId, chain.servedPem]]);
  certificates = await serveCertificates({ port: 0, tls: chain.server, certificates: served });
  const host = `localhost:${certificates.port}`;
  const certificateUrl = `https://${host}/v1/notifications/certs/${chain.certificateId}`;
  const signer = new PayPalSigner({ privateKeyPem: chain.signer.privateKeyPem, certificateUrl });
  verifiers = createWebhookVerifiers({
    stripeSecrets: ['whsec_local'],
    razorpaySecrets: ['razorpay_local'],
    paypalWebhookIds: ['WH-LOCAL'],
    paypalCertHosts: [host],
    paypalCertCa: chain.caPem,
  });
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const provider = request.url?.slice(1) as GatewayProvider;
    deliveries.push({ provider, headers: request.headers, body: Buffer.concat(chunks) });
    response.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const logger = createLogger({ service: 'simulator-test', level: 'fatal' });
  simulator = new Simulator({ logger, settings: { customerDelayMs: 0 }, paypalSigner: signer });
  const url = (name: string) => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${name}`;
  simulator.webhooks.setTarget('stripe', stripeTarget(url('stripe'), 'whsec_local'));
  simulator.webhooks.setTarget('paypal', paypalTarget(url('paypal'), 'WH-LOCAL', signer));
  simulator.webhooks.setTarget('razorpay', razorpayTarget(url('razorpay'), 'razorpay_local'));
  server = await startServer(simulator, { port: 0, host: '127.0.0.1' });
});

beforeEach(async () => {
  await simulator.reset();
  deliveries = [];
});

afterAll(async () => {
  await server.close();
  receiver.close();
  receiver.closeAllConnections();
  await certificates.close();
});

interface Answered {
  readonly id: string;
  readonly items: readonly { readonly id: string }[];
  readonly purchase_units: readonly {
    readonly payments: { readonly [kind: string]: readonly { readonly id: string }[] };
  }[];
  readonly access_token: string;
  readonly payments: readonly LedgerPayment[];
}

async function call(
  method: string,
  path: string,
  authorization: string,
  body?: object | URLSearchParams,
): Promise<Answered> {
  const isForm = body instanceof URLSearchParams;
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers: { authorization },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answered;
}

/** Resolves when the customer has acted. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2);
}

/** Each authorizes 19.99, captures as much of it as the gateway allows, and refunds 5.00. */
const LIVES = {
  stripe: async (intentId: string) => {
    const post = (path: string, form: Record<string, string>) =>
      call('POST', `/v1${path}`, 'Bearer sk_test_local', new URLSearchParams(form));
    const { id } = await post('/payment_intents', {
      amount: '1999',
      currency: 'usd',
      capture_method: 'manual',
      'metadata[intentId]': intentId,
    });
    await post(`/payment_intents/${id}/confirm`, { payment_method: 'pm_card_threeDSecure2Required' });
    await until(() => simulator.stripe.payments.get(id)?.status === 'requires_capture');
    await post(`/payment_intents/${id}/capture`, { amount_to_capture: '1200' });
    await post('/refunds', { payment_intent: id, amount: '500' });
  },
  paypal: async (intentId: string) => {
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    const { access_token } = await call('POST', '/v1/oauth2/token', `Basic ${btoa('client:secret')}`, form);
    const post = (path: string, body: object) => call('POST', `/v2${path}`, `Bearer ${access_token}`, body);
    const { id } = await post('/checkout/orders', {
      intent: 'AUTHORIZE',
      purchase_units: [{ custom_id: intentId, amount: { currency_code: 'USD', value: '19.99' } }],
    });
    await until(() => simulator.paypal.orders.get(id)?.status === 'APPROVED');
    const { purchase_units } = await post(`/checkout/orders/${id}/authorize`, {});
    const authorization = purchase_units[0]?.payments.authorizations?.[0]?.id;
    const capture = await post(`/payments/authorizations/${authorization}/capture`, {
      amount: { currency_code: 'USD', value: '12.00' },
      final_capture: true,
    });
    await post(`/payments/captures/${capture.id}/refund`, {
      amount: { currency_code: 'USD', value: '5.00' },
    });
  },
  razorpay: async (intentId: string) => {
    const authorization = `Basic ${btoa('rzp_test_local:secret')}`;
    const post = (path: string, body: object) => call('POST', `/v1${path}`, authorization, body);
    const { id } = await post('/orders', { amount: 1999, currency: 'USD', notes: { intentId } });
    await until(() => simulator.razorpay.orders.get(id)?.payments.length === 1);
    const payment = (await call('GET', `/v1/orders/${id}/payments`, authorization)).items[0]?.id;
    await post(`/payments/${payment}/capture`, { amount: 1999, currency: 'USD' });
    await post(`/payments/${payment}/refund`, { amount: 500 });
  },
} as const satisfies Record<GatewayProvider, (intentId: string) => Promise<void>>;

describe.each(GATEWAY_PROVIDERS)("a payment made at the simulator's %s", (provider) => {
  const orderId = 'order-42';
  const intentId = intentIdOf(orderId, provider);

  test('has webhooks that verify, belong together, and lead to the state in its ledger', async () => {
    await LIVES[provider](intentId);
    await until(() => simulator.webhooks.records().every(({ state }) => state === 'delivered'));
    const facts: Fact[] = [];
    const keys = new Set<string>();
    for (const delivery of deliveries) {
      const { headers, body } = delivery;
      const verified = await verifiers[delivery.provider].verify({ headers, body, receivedAt: Date.now() });
      const reading = readWebhook(delivery.provider, body);
      expect(reading).toMatchObject({ eventType: verified.eventType, key: verified.key });
      // A refund of Stripe has metadata of its own: its payment intent links it to the payment.
      if (!reading.eventType.startsWith('refund.') || provider !== 'stripe') {
        expect(reading.intentId).toBe(intentId);
      }
      keys.add(reading.key);
      facts.push(...reading.facts);
    }
    expect(keys.size).toBe(1);
    const payment = newPayment({
      id: asIntentRowId(uuidv7(Date.now())),
      intentId,
      orderId,
      customerId: 'cust-7',
      provider,
      amount: { amountMinor: 1999n, currency: 'USD' },
      captureMethod: 'manual',
    });
    const decided = decideAll(
      payment,
      facts.map((fact) => onLeg(fact, 1)),
    );
    const [entry] = (await call('GET', `/control/ledger?intentId=${intentId}`, '')).payments;
    const { amountCaptured, amountRefunded } = sumsIn(decided.payment.intent);
    expect({ status: decided.payment.intent.status, amountCaptured, amountRefunded }).toEqual({
      status: 'SUCCEEDED',
      amountCaptured: BigInt(entry?.charged ?? -1),
      amountRefunded: BigInt(entry?.refunded ?? -1),
    });
    expect(entry).toMatchObject({ chargeCount: 1, refundCount: 1, refunded: 500 });
  });
});
