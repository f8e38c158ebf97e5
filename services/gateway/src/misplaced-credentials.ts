import type { GatewayProvider } from '@payments/domain';

/** A credential with the name of its setting. */
export interface Credential {
  readonly name: string;
  readonly value: string;
}

/** The destination of a gateway's calls. */
export interface ApiBase {
  readonly name: string;
  readonly url: string;
}

/** The credentials that infra/local uses for its simulator. */
const OF_SIMULATOR = /^(?:(?:sk|rzp)_test_)?local[-_]simulator(?:-secret)?$/;

/** Stripe and Razorpay mark test and live keys; PayPal does not. */
const OF_LIVE_ACCOUNT = /^(?:[sr]k|rzp)_live_/;

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

const HOMES: Readonly<Record<GatewayProvider, string>> = {
  stripe: 'https://api.stripe.com',
  paypal: 'https://api-m.paypal.com',
  razorpay: 'https://api.razorpay.com',
};

/**
 * Credentials that do not belong at the configured destination. Real gateways do not accept the simulator's; with a
 * live account's, a stand-in would be mistaken for the real gateway, and the credentials could be intercepted. Real
 * gateways use https, stand-ins http.
 */
export function misplacedCredentials(
  provider: GatewayProvider,
  base: ApiBase,
  credentials: readonly Credential[],
): string[] {
  const { protocol, hostname } = new URL(base.url);
  const isPlain = protocol === 'http:';
  const isReal = !isPlain && !LOOPBACK.test(hostname);
  return credentials.flatMap(({ name, value }) => {
    if (isReal && OF_SIMULATOR.test(value)) {
      return [`${name} is the local simulator's, and ${base.name} is ${base.url}: set ${name} to your own`];
    }
    if (isPlain && OF_LIVE_ACCOUNT.test(value)) {
      const fix = `set ${base.name}=${HOMES[provider]}, or ${name} to a key for tests`;
      return [`${name} is of a live account, and ${base.name} is ${base.url}, which is no https: ${fix}`];
    }
    return [];
  });
}
