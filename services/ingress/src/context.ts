import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SealKeyring, TOPICS } from '@payments/contracts';
import { createWebhookVerifiers } from '@payments/gateways';
import { BatchingProducer, createKafka, SchemaCodec } from '@payments/messaging';
import { adminHandler, kafkaOptions, type ServiceRuntime } from '@payments/runtime';
import { createApp } from './app.js';
import type { IngressConfig } from './config.js';
import { IngressEvents } from './ingress-events.js';
import { sendProblemTo } from './problem.js';
import { RawBodyReader } from './raw-body.js';

const HEADERS_TIMEOUT_MS = 5_000;
/** Longer than the idle time-out of the usual load balancers (60 s): they, not we, end idle connections. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
/** A start without a broker ends after so long, for the supervisor to try again. */
const BROKER_TIMEOUT_MS = 60_000;
/** Longer without an acknowledgement, and a load balancer should look elsewhere. */
const STALLED_MS_MAX = 5_000;
/** Between two looks for connections that fell idle during shutdown. */
const IDLE_SWEEP_MS = 100;

/** Wires the ingress and starts it; what it starts is stopped in reverse order at shutdown. */
export async function startIngress(rt: ServiceRuntime<IngressConfig>): Promise<{ port: number }> {
  const { config, logger, metrics, health } = rt;
  const kafka = createKafka({ ...kafkaOptions(config), clientId: rt.name, logger });

  const codec = new SchemaCodec(config.SCHEMA_REGISTRY_URL);
  await codec.register(TOPICS.webhookReceived);

  const producer = new BatchingProducer({
    kafka,
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

  const app = createApp({
    verifiers: createWebhookVerifiers({
      stripeSecrets: config.STRIPE_WEBHOOK_SECRETS,
      razorpaySecrets: config.RAZORPAY_WEBHOOK_SECRETS,
      paypalWebhookIds: config.PAYPAL_WEBHOOK_IDS,
      paypalCertHosts: config.PAYPAL_CERT_HOSTS,
      ...(config.PAYPAL_CERT_CA ? { paypalCertCa: config.PAYPAL_CERT_CA } : {}),
    }),
    keyring: new SealKeyring(config.SEAL_KEYS),
    codec,
    producer,
    bodies: new RawBodyReader(config.INGRESS_BODIES_BYTES_MAX),
    events: new IngressEvents(logger, metrics),
    admin: adminHandler({ health, metrics, logger }),
  });
  const server = createServer(
    {
      requestTimeout: config.INGRESS_BODY_TIMEOUT_MS,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, config.INGRESS_BODY_TIMEOUT_MS),
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    app,
  );
  server.on('clientError', (error, socket) => sendProblemTo(socket, error));
  await listen(server, config.PORT);
  rt.onShutdown('http server', (deadline) => closeServer(server, deadline));
  const { port } = server.address() as AddressInfo;
  logger.info({ port }, 'ingress listens');
  return { port };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
}

/** Accepts no more, lets the requests under way finish, and cuts what is left at the deadline. */
function closeServer(server: Server, deadline: AbortSignal): Promise<void> {
  // A connection that is kept alive would keep the server open: told to end with its next answer, or ended
  // once idle if that answer had begun before.
  server.prependListener('request', (_req, res) => {
    res.shouldKeepAlive = false;
  });
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  return new Promise((resolve) => {
    deadline.addEventListener('abort', () => server.closeAllConnections(), { once: true });
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
