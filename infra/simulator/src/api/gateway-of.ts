import type { IncomingHttpHeaders } from 'node:http';
import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { basicCredentials } from './call.js';

const HOSTS: readonly (readonly [RegExp, GatewayProvider])[] = [
  [/(^|\.)stripe\.com$/, 'stripe'],
  [/(^|\.)paypal\.com$/, 'paypal'],
  [/(^|\.)razorpay\.com$/, 'razorpay'],
];

const PAYPAL_PATHS = /^\/(v2\/|v1\/(oauth2|reporting|notifications|customer\/disputes)\/)/;
const RAZORPAY_PATHS = /^\/v1\/(orders|payments)(\/|$)/;

/**
 * Which gateway a request means, and its path there. All three share one port, and the SDKs differ in what they
 * can be told: a prefix (`/razorpay/v1/orders`) decides; without one the host by which the SDK calls (PayPal's
 * keeps its own), then paths that only one gateway has, then whose credentials they are.
 */
export function gatewayOf(
  path: string,
  headers: IncomingHttpHeaders,
): { readonly provider: GatewayProvider; readonly path: string } {
  const prefixed = GATEWAY_PROVIDERS.find((provider) => path.startsWith(`/${provider}/`));
  if (prefixed !== undefined) return { provider: prefixed, path: path.slice(prefixed.length + 1) };
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const hosted = HOSTS.find(([pattern]) => pattern.test(host));
  if (hosted !== undefined) return { provider: hosted[1], path };
  if (PAYPAL_PATHS.test(path)) return { provider: 'paypal', path };
  const isRazorpay = RAZORPAY_PATHS.test(path) || basicCredentials(headers)?.user.startsWith('rzp_') === true;
  return { provider: isRazorpay ? 'razorpay' : 'stripe', path };
}
