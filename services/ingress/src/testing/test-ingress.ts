import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ALL_TOPICS, SealKeyring, TOPICS, type WebhookReceived } from '@payments/contracts';
import { createWebhookVerifiers } from '@payments/gateways';
import { sharedStack, until } from '@payments/local/testing';
import {
  BatchingProducer,
  type ConsumedRecord,
  createKafka,
  ensureTopics,
  type KafkaConnection,
  SchemaCodec,
  startConsumer,
} from '@payments/messaging';
import { adminHandler, createLogger, Health, type Logger, Metrics } from '@payments/runtime';
import { createPayPalChain, PayPalSigner } from '@payments/simulator';
import { createApp } from '../app.js';
import type { ReceiveWebhookDeps } from '../handlers/receive-webhook.js';
import { IngressEvents } from '../ingress-events.js';
import { RawBodyReader } from '../raw-body.js';

export const STRIPE_SECRET = 'whsec_test_only';
export const RAZORPAY_SECRET = 'razorpay-test-only';
export const PAYPAL_WEBHOOK_ID = 'WH-TEST-ONLY';

/** A record of the topic, and the headers beside it. */
export interface PublishedWebhook {
  readonly webhook: WebhookReceived;
  readonly headers: ConsumedRecord['headers'];
}

/** The ingress in this process, on the shared stack, with a PayPal of the test's own. */
export interface TestIngress {
  readonly url: string;
  readonly port: number;
  readonly paypal: PayPalSigner;
  readonly keyring: SealKeyring;
  readonly bodies: RawBodyReader;
  readonly metrics: Metrics;
  /** The record of `webhookId` as any consumer of the topic sees it. */
  published(webhookId: string): Promise<PublishedWebhook>;
  close(): Promise<void>;
}

export async function startTestIngress(overrides: Partial<ReceiveWebhookDeps> = {}): Promise<TestIngress> {
  const { kafkaBrokers, registryUrl } = sharedStack();
  const logger = createLogger({ service: 'ingress-test', level: 'silent' });
  const metrics = new Metrics({ defaultMetrics: false });
  const kafka = createKafka({ brokers: kafkaBrokers, clientId: 'ingress-test', logger });
  await ensureTopics(kafka, ALL_TOPICS, { replicationFactor: 1, minInSyncReplicas: 1 });
  const codec = new SchemaCodec(registryUrl);
  await codec.register(TOPICS.webhookReceived);
  const producer = new BatchingProducer({
    ...{ kafka, logger, metrics },
    ...{ queueCountMax: 10_000, queueBytesMax: 64 * 1024 * 1024, deadlineMs: 10_000 },
  });
  await producer.start();

  const chain = await createPayPalChain({ serverNames: ['localhost'] });
  const keyring = new SealKeyring([{ id: 'test', key: Buffer.alloc(32, 7) }]);
  const bodies = overrides.bodies ?? new RawBodyReader(16 * 1024 * 1024);
  const app = createApp({
    verifiers: createWebhookVerifiers({
      stripeSecrets: [STRIPE_SECRET],
      razorpaySecrets: [RAZORPAY_SECRET],
      paypalWebhookIds: [PAYPAL_WEBHOOK_ID],
      paypalCertHosts: ['localhost'],
      paypalCertCa: chain.caPem,
      paypalFetchCertificate: async () => Buffer.from(chain.servedPem),
    }),
    ...{ keyring, codec, producer },
    events: new IngressEvents(logger, metrics),
    admin: adminHandler({ health: new Health(), metrics, logger }),
    ...overrides,
    bodies,
  });
  const server = await listen(createServer(app));
  const { port } = server.address() as AddressInfo;
  const records = await collectRecords(kafka, codec, logger, metrics);
  return {
    ...{ port, bodies, keyring, metrics },
    url: `http://127.0.0.1:${port}`,
    paypal: new PayPalSigner({
      privateKeyPem: chain.signer.privateKeyPem,
      certificateUrl: `https://localhost/v1/notifications/certs/${chain.certificateId}`,
    }),
    published: (webhookId) => until(() => records.found.get(webhookId), { what: `a record of ${webhookId}` }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await records.close();
      await producer.close();
    },
  };
}

async function listen(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

async function collectRecords(kafka: KafkaConnection, codec: SchemaCodec, logger: Logger, metrics: Metrics) {
  const found = new Map<string, PublishedWebhook>();
  const consumer = await startConsumer({
    ...{ kafka, logger, metrics },
    groupId: `ingress-test-${process.pid}-${Date.now()}`,
    topics: [TOPICS.webhookReceived.name],
    onBatch: async (batch) => {
      for (const { value, offset, headers } of batch.records) {
        const webhook = value && (await codec.decode(TOPICS.webhookReceived, value).catch(() => undefined));
        if (webhook) found.set(webhook.webhookId, { webhook, headers });
        batch.resolve(BigInt(offset));
      }
    },
    onCrash: (error) => {
      throw error;
    },
  });
  return { found, close: () => consumer.close() };
}
