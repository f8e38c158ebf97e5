import { unauthentic } from '../webhook-error.js';

/** A certificate URL that passed the rules below. */
export interface CertificateUrl {
  readonly href: string;
  /** Host, with its port unless that is 443. */
  readonly host: string;
}

export interface CertificateUrlRules {
  /** @throws WebhookError `unauthentic` */
  check(url: string): CertificateUrl;
}

export const PAYPAL_CERTIFICATE_HOSTS: readonly string[] = ['api.paypal.com', 'api.sandbox.paypal.com'];

const SCHEME = 'https://';
const PATH = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/**
 * Protects against SSRF: the URL is fetched but comes from an unchecked header. It is compared as plain text, before
 * a parser could normalize it: `https`, a host (and port) exactly as in the list, PayPal's path, a plain file name.
 * So user information, other ports, capitals, Unicode dots, `..`, escapes, queries and fragments are all refused.
 */
export function certificateUrlRules(hosts: readonly string[]): CertificateUrlRules {
  const allowed = new Set(hosts);
  return {
    check(url) {
      if (!url.startsWith(SCHEME)) throw unauthentic('PAYPAL-CERT-URL is not https');
      const end = url.indexOf('/', SCHEME.length);
      const host = url.slice(SCHEME.length, end === -1 ? undefined : end);
      if (!allowed.has(host)) throw unauthentic('PAYPAL-CERT-URL names a host that is not allowed');
      if (end === -1 || !PATH.test(url.slice(end))) {
        throw unauthentic('PAYPAL-CERT-URL is outside of /v1/notifications/certs/');
      }
      return { href: url, host };
    },
  };
}

/** True for `host` or `host:port` in the normalized spelling of URLs. */
export function isHostSpelling(host: string): boolean {
  const url = URL.parse(`${SCHEME}${host}/`);
  return url !== null && url.host === host && url.href === `${SCHEME}${host}/`;
}
