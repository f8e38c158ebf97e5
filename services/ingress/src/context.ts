import { createCache } from '@payments/cache';
import { SealKeyring, TOPICS } from '@payments/contracts';
import { createWebhookVerifiers } from '@payments/gateways';
import { BatchingProducer, createKafka, SchemaCodec } from '@payments/messaging';
import {
  ApiKeysFile,
  adminHandler,
  closeServer,
  createHttpServer,
  kafkaOptions,
  listen,
  type ServiceRuntime,
} from '@payments/runtime';
import { createApp } from './app.js';
import { CommandEvents } from './commands/command-events.js';
import { creationLimit, firstUses } from './commands/memory.js';
import type { IngressConfig } from './config.js';
import type { ReceiveCommandDeps } from './handlers/receive-command.js';
import type { ReceiveWebhookDeps } from './handlers/receive-webhook.js';
import { IngressEvents } from './ingress-events.js';
import { RawBodyReader } from './raw-body.js';

/** A start without a broker ends after so long, for the supervisor to try again. */
const BROKER_TIMEOUT_MS = 60_000;
/** Longer without an acknowledgement, and a load balancer should look elsewhere. */
const STALLED_MS_MAX = 5_000;

/** Wires the ingress and starts it; what it starts is stopped in reverse order at shutdown. */
export async function startIngress(rt: ServiceRuntime<IngressConfig>): Promise<{ port: number }> {
  const { config, logger, metrics, health } = rt;
  const codec = new SchemaCodec(config.SCHEMA_REGISTRY_URL);
  await codec.register(TOPICS.webhookReceived);
  await codec.register(TOPICS.intentCommands);
  const parts = {
    codec,
    producer: await startProducer(rt),
    bodies: new RawBodyReader(config.INGRESS_BODIES_BYTES_MAX),
  };
  const app = createApp({
    webhooks: { ...parts, ...webhookParts(rt) },
    commands: { ...parts, ...(await commandParts(rt)) },
    admin: adminHandler({ health, metrics, logger }),
  });
  const server = createHttpServer(app, config.INGRESS_BODY_TIMEOUT_MS);
  const port = await listen(server, config.PORT);
  rt.onShutdown('http server', (deadline) => closeServer(server, deadline));
  logger.info({ port }, 'ingress listens');
  return { port };
}

type SharedPart = 'codec' | 'producer' | 'bodies';

async function startProducer(rt: ServiceRuntime<IngressConfig>): Promise<BatchingProducer> {
  const { config, logger, metrics, health } = rt;
  const producer = new BatchingProducer({
    kafka: createKafka({ ...kafkaOptions(config), clientId: rt.name, logger }),
    logger,
    metrics,
    queueCountMax: config.INGRESS_QUEUE_RECORDS_MAX,
    queueBytesMax: config.INGRESS_QUEUE_BYTES_MAX,
    deadlineMs: config.INGRESS_PUBLISH_DEADLINE_MS,
  });
  await producer.start(AbortSignal.any([rt.signal, AbortSignal.timeout(BROKER_TIMEOUT_MS)]));
  health.register('broker', () =>
    producer.stalledMs < STALLED_MS_MAX ? undefined : `has not acknowledged for ${producer.stalledMs} ms`,
  );
  rt.onShutdown('producer', (deadline) => producer.close(deadline));
  return producer;
}

function webhookParts({
  config,
  logger,
  metrics,
}: ServiceRuntime<IngressConfig>): Omit<ReceiveWebhookDeps, SharedPart> {
  return {
    verifiers: createWebhookVerifiers({
      stripeSecrets: config.STRIPE_WEBHOOK_SECRETS,
      razorpaySecrets: config.RAZORPAY_WEBHOOK_SECRETS,
      paypalWebhookIds: config.PAYPAL_WEBHOOK_IDS,
      paypalCertHosts: config.PAYPAL_CERT_HOSTS,
      ...(config.PAYPAL_CERT_CA ? { paypalCertCa: config.PAYPAL_CERT_CA } : {}),
    }),
    keyring: new SealKeyring(config.SEAL_KEYS),
    events: new IngressEvents(logger, metrics),
  };
}

async function commandParts(
  rt: ServiceRuntime<IngressConfig>,
): Promise<Omit<ReceiveCommandDeps, SharedPart>> {
  const { config, logger, metrics } = rt;
  const keys = await ApiKeysFile.open({ file: config.API_KEYS_FILE, logger, metrics });
  rt.onShutdown('API keys', () => keys.close());
  const cache = createCache({ url: config.REDIS_URL, logger, metrics });
  rt.onShutdown('cache', async () => cache.close());
  return {
    keys,
    firstUses: firstUses(cache),
    creationLimit: creationLimit(cache, config.INGRESS_CREATIONS_PER_MINUTE),
    queryUrl: config.QUERY_PUBLIC_URL.replace(/\/+$/, ''),
    events: new CommandEvents(logger, metrics),
  };
}
