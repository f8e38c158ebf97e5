import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts, type OwnStack } from '@payments/local/testing';
import { API_SCOPES, hashOfApiKey } from '@payments/runtime';
import {
  type CertificateServer,
  openSimulatorState,
  type PayPalSigner,
  readPayPalSigner,
  serveCertificates,
} from '@payments/simulator';

const SETUP = fileURLToPath(new URL('../../../libs/messaging/dist/setup.js', import.meta.url));

export const GATEWAY_SECRETS = {
  stripeSecret: 'whsec_e2e',
  razorpaySecret: 'razorpay e2e',
  paypalWebhookId: '1E2E0000000000000',
};
/** Has all scopes. */
export const API_KEY = 'pay_e2e';

export interface PayPalStandIn {
  readonly certificates: CertificateServer;
  readonly certificateHost: string;
  /** The CA of the certificates that it serves. */
  readonly caPem: string;
  readonly signer: PayPalSigner;
}

/** Starts a stand-in for PayPal that signs webhooks and serves its certificate. */
export async function startPayPal(stateDir: string): Promise<PayPalStandIn> {
  const [port] = (await freePorts(1)) as [number];
  const state = await openSimulatorState({ stateDir, publicHost: 'localhost', certPort: port });
  const certificates = await serveCertificates({
    port,
    host: '127.0.0.1',
    tls: state.server,
    certificates: new Map([[state.certificateId, state.servedPem]]),
  });
  const signer = await readPayPalSigner(stateDir);
  return { certificates, signer, certificateHost: `localhost:${port}`, caPem: state.caPem };
}

/** Settings of the services, like those that `make env` prints for a local stack. */
export function settingsOf(stack: OwnStack, paypal: Pick<PayPalStandIn, 'certificateHost' | 'caPem'>) {
  return {
    LOG_LEVEL: 'warn',
    KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: stack.registryUrl,
    DATABASE_URL: stack.databaseUrl,
    REDIS_URL: stack.redisUrl,
    STRIPE_WEBHOOK_SECRETS: GATEWAY_SECRETS.stripeSecret,
    RAZORPAY_WEBHOOK_SECRETS: GATEWAY_SECRETS.razorpaySecret,
    PAYPAL_WEBHOOK_IDS: GATEWAY_SECRETS.paypalWebhookId,
    PAYPAL_CERT_HOSTS: paypal.certificateHost,
    PAYPAL_CERT_CA: paypal.caPem,
    // Most tests send webhooks about objects that do not exist at PayPal.
    WEBHOOKS_PAYPAL_VERIFY: 'false',
    SEAL_KEYS: `e2e:${randomBytes(32).toString('base64')}`,
    API_KEYS_FILE: join(stack.folder, 'api-keys.json'),
  };
}

/** Writes the file with the tests' only key, {@link API_KEY}. */
export async function writeApiKeys(file: string): Promise<void> {
  const keys = [{ id: 'e2e', hash: hashOfApiKey(API_KEY).toString('hex'), scopes: API_SCOPES }];
  await writeFile(file, JSON.stringify({ keys }));
}

/** Creates topics and schemas, with the program that is also used in production. */
export async function setUp(env: Readonly<Record<string, string>>): Promise<void> {
  await promisify(execFile)(process.execPath, [SETUP], { env });
}
