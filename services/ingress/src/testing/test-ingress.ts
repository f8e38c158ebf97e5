import { createCache } from '@payments/cache';
import { ALL_TOPICS, SealKeyring, TOPICS, type WebhookReceived } from '@payments/contracts';
import { createWebhookVerifiers } from '@payments/gateways';
import { sharedStack } from '@payments/local/testing';
import {
  BatchingProducer,
  type ConsumedRecord,
  createKafka,
  ensureTopics,
  type KafkaConnection,
  SchemaCodec,
} from '@payments/messaging';
import {
  ApiKeysFile,
  adminHandler,
  createHttpServer,
  createLogger,
  Health,
  type Logger,
  listen,
  Metrics,
} from '@payments/runtime';
import { createPayPalChain, PayPalSigner } from '@payments/simulator';
import { createApp } from '../app.js';
import { CommandEvents } from '../commands/command-events.js';
import { creationLimit, firstUses } from '../commands/memory.js';
import type { ReceiveCommandDeps } from '../handlers/receive-command.js';
import type { ReceiveWebhookDeps } from '../handlers/receive-webhook.js';
import { IngressEvents } from '../ingress-events.js';
import { RawBodyReader } from '../raw-body.js';
import { collectRecords, type Published } from './published.js';

export const STRIPE_SECRET = 'whsec_test_only';
export const RAZORPAY_SECRET = 'razorpay-test-only';
export const PAYPAL_WEBHOOK_ID = 'WH-TEST-ONLY';
export const QUERY_URL = 'https://query.example';
export const CREATIONS_PER_MINUTE = 10;
const REQUEST_TIMEOUT_MS = 10_000;

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
  /** Everything that it logged. */
  readonly logged: readonly string[];
  /** The record of `webhookId` as any consumer of the topic sees it. */
  published(webhookId: string): Promise<PublishedWebhook>;
  close(): Promise<void>;
}

export interface TestIngressOptions {
  readonly producer?: Pick<BatchingProducer, 'send'>;
  readonly bodies?: RawBodyReader;
  readonly kafkaBrokers?: string[];
  readonly redisUrl?: string;
  readonly apiKeysFile?: string;
  /** How long a record may take to be acknowledged (default 10 s). */
  readonly deadlineMs?: number;
}

export async function startTestIngress(options: TestIngressOptions = {}): Promise<TestIngress> {
  const { kafkaBrokers, registryUrl, redisUrl } = { ...sharedStack(), ...options };
  const logged: string[] = [];
  const logger = createLogger({ service: 'test', destination: { write: (line) => void logged.push(line) } });
  const metrics = new Metrics({ defaultMetrics: false });
  const kafka = createKafka({ brokers: kafkaBrokers, clientId: 'ingress-test', logger });
  await ensureTopics(kafka, ALL_TOPICS, { replicationFactor: 1, minInSyncReplicas: 1 });
  const codec = new SchemaCodec(registryUrl);
  await codec.register(TOPICS.webhookReceived);
  await codec.register(TOPICS.intentCommands);
  const producer = await startProducer(kafka, logger, metrics, options.deadlineMs);
  const cache = createCache({ url: redisUrl, logger, metrics, timeoutMs: 2_000 });
  const keys = await ApiKeysFile.open({ file: options.apiKeysFile, logger, metrics, everyMs: 20 });

  const paypal = await testPayPal();
  const keyring = new SealKeyring([{ id: 'test', key: Buffer.alloc(32, 7) }]);
  const bodies = options.bodies ?? new RawBodyReader(16 * 1024 * 1024);
  const parts = { codec, bodies, producer: options.producer ?? producer };
  const webhooks: ReceiveWebhookDeps = {
    ...parts,
    keyring,
    verifiers: paypal.verifiers,
    events: new IngressEvents(logger, metrics),
  };
  const commands: ReceiveCommandDeps = {
    ...parts,
    keys,
    queryUrl: QUERY_URL,
    firstUses: firstUses(cache),
    creationLimit: creationLimit(cache, CREATIONS_PER_MINUTE),
    events: new CommandEvents(logger, metrics),
  };
  const admin = adminHandler({ health: new Health(), metrics, logger });
  const server = createHttpServer(createApp({ webhooks, commands, admin }), REQUEST_TIMEOUT_MS);
  const port = await listen(server, 0, '127.0.0.1');
  const records = await collectRecords(kafka, codec, TOPICS.webhookReceived, ({ webhookId }) => webhookId);
  return {
    port,
    bodies,
    keyring,
    metrics,
    logged,
    paypal: paypal.signer,
    url: `http://127.0.0.1:${port}`,
    published: async (webhookId) => webhookOf(await records.first(webhookId)),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await Promise.all([records.close(), producer.close(), keys.close()]);
      cache.close();
    },
  };
}

function webhookOf({ value, headers }: Published<WebhookReceived>): PublishedWebhook {
  return { webhook: value, headers };
}

async function startProducer(
  kafka: KafkaConnection,
  logger: Logger,
  metrics: Metrics,
  deadlineMs = 10_000,
): Promise<BatchingProducer> {
  const producer = new BatchingProducer({
    kafka,
    logger,
    metrics,
    deadlineMs,
    queueCountMax: 10_000,
    queueBytesMax: 64 * 1024 * 1024,
  });
  await producer.start();
  return producer;
}

async function testPayPal() {
  const chain = await createPayPalChain({ serverNames: ['localhost'] });
  const verifiers = createWebhookVerifiers({
    stripeSecrets: [STRIPE_SECRET],
    razorpaySecrets: [RAZORPAY_SECRET],
    paypalWebhookIds: [PAYPAL_WEBHOOK_ID],
    paypalCertHosts: ['localhost'],
    paypalCertCa: chain.caPem,
    paypalFetchCertificate: async () => Buffer.from(chain.servedPem),
  });
  const signer = new PayPalSigner({
    privateKeyPem: chain.signer.privateKeyPem,
    certificateUrl: `https://localhost/v1/notifications/certs/${chain.certificateId}`,
  });
  return { verifiers, signer };
}
