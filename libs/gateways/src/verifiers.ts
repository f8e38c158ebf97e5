import type { GatewayProvider } from '@payments/domain';
import type { FetchCertificate } from './paypal/certificate-fetch.js';
import { createCertificateTrust } from './paypal/certificate-trust.js';
import { isHostSpelling } from './paypal/certificate-url.js';
import { createPayPalVerifier } from './paypal/verifier.js';
import { createRazorpayVerifier } from './razorpay/verifier.js';
import { createStripeVerifier } from './stripe/verifier.js';
import type { WebhookVerifier } from './webhook.js';

/** Secrets and ids are lists, newest first: during a rotation the old and the new one are both accepted. */
export interface WebhookVerifiersConfig {
  readonly stripeSecrets: readonly string[];
  readonly razorpaySecrets: readonly string[];
  readonly paypalWebhookIds: readonly string[];
  /** `host` or `host:port`, exactly as certificate URLs spell it; PayPal's own if left out. */
  readonly paypalCertHosts?: readonly string[] | undefined;
  /** Contents of PAYPAL_CERT_CA_FILE, PEM. */
  readonly paypalCertCa?: string | undefined;
  /** A signing certificate must carry one of these names; see CertificateTrustOptions for the default. */
  readonly paypalCertSubjects?: readonly string[] | undefined;
  /** Replaces fetching over HTTPS, in tests. */
  readonly paypalFetchCertificate?: FetchCertificate | undefined;
  /** Current time in milliseconds since the epoch, for certificates; Date.now if left out. */
  readonly clock?: (() => number) | undefined;
}

/**
 * One verifier for each gateway. There is no way to leave one out or to skip its check.
 * @throws Error naming every setting that is missing or cannot work
 */
export function createWebhookVerifiers(
  config: WebhookVerifiersConfig,
): Record<GatewayProvider, WebhookVerifier> {
  const problems = [
    ...secretProblems('STRIPE_WEBHOOK_SECRETS', config.stripeSecrets),
    ...secretProblems('RAZORPAY_WEBHOOK_SECRETS', config.razorpaySecrets),
    ...secretProblems('PAYPAL_WEBHOOK_IDS', config.paypalWebhookIds),
    ...hostProblems(config.paypalCertHosts),
    ...caProblems(config.paypalCertCa),
  ];
  if (problems.length > 0) throw new Error(`webhooks cannot be verified: ${problems.join('; ')}`);
  return {
    stripe: createStripeVerifier(config.stripeSecrets),
    paypal: createPayPalVerifier({
      webhookIds: config.paypalWebhookIds,
      certHosts: config.paypalCertHosts,
      certCa: config.paypalCertCa,
      certSubjects: config.paypalCertSubjects,
      fetchCertificate: config.paypalFetchCertificate,
      clock: config.clock,
    }),
    razorpay: createRazorpayVerifier(config.razorpaySecrets),
  };
}

/** Accepts `undefined` as well: the compiler has not checked what a configuration really contains. */
function secretProblems(setting: string, values: readonly (string | undefined)[] | undefined): string[] {
  if (values === undefined || values.length === 0) return [`${setting} is not set`];
  return values.flatMap((value, index) => {
    if (typeof value !== 'string' || value.trim() === '')
      return [`${setting} has an empty entry (${index + 1})`];
    if (value !== value.trim()) return [`${setting} has white space around an entry (${index + 1})`];
    return [];
  });
}

function hostProblems(hosts: readonly string[] | undefined): string[] {
  if (hosts === undefined) return [];
  if (hosts.length === 0) return ['PAYPAL_CERT_HOSTS is empty'];
  return hosts
    .filter((host) => !isHostSpelling(host))
    .map(
      (host) => `PAYPAL_CERT_HOSTS has ${JSON.stringify(host)}, which is not host or host:port in lower case`,
    );
}

function caProblems(ca: string | undefined): string[] {
  if (ca === undefined) return [];
  try {
    createCertificateTrust({ ca });
    return [];
  } catch (error) {
    return [`PAYPAL_CERT_CA_FILE cannot be used: ${error instanceof Error ? error.message : String(error)}`];
  }
}
