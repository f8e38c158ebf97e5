import { type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { unauthentic, unavailable } from '../webhook-error.js';

/** The names in PayPal's signing certificates, live and sandbox. */
const PAYPAL_CERTIFICATE_SUBJECTS: readonly string[] = [
  'messageverificationcerts.paypal.com',
  'messageverificationcerts.sandbox.paypal.com',
];

export interface TrustedCertificate {
  readonly publicKey: KeyObject;
  /** When the whole chain is valid, in milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

export interface CertificateTrust {
  /**
   * The signing certificate, which is the first in a served PEM file, if it chains to a root at the time `at`.
   *
   * @throws WebhookError `unavailable` if the file has no certificate, `unauthentic` if it is not trusted
   */
  accept(pem: string, host: string, at: number): TrustedCertificate;
}

export interface CertificateTrustOptions {
  /**
   * PEM. Self-signed certificates in it replace Node's roots; others serve as intermediates. PayPal serves its
   * certificate without intermediates, so that those of the public CA have to be given here.
   */
  readonly ca?: string | undefined;
  /**
   * The certificate must carry one of these names. By default PayPal's; with roots in `ca` and a host outside of
   * paypal.com any name, because those roots decide who may sign.
   */
  readonly subjects?: readonly string[] | undefined;
}

const SERVED_CERTIFICATES_MAX = 8;
const CHAIN_LENGTH_MAX = 6;
const RSA_BITS_MIN = 2048;

/** @throws Error if the CA file holds no certificate or one that cannot be read */
export function createCertificateTrust({ ca, subjects }: CertificateTrustOptions = {}): CertificateTrust {
  const ours = ca === undefined ? [] : parsePem(ca);
  if (ca !== undefined && ours.length === 0) throw new Error('the CA file holds no certificate');
  const ownRoots = ours.filter((certificate) => isSelfSigned(certificate));
  const hasOwnRoots = ownRoots.length > 0;
  const roots = hasOwnRoots ? ownRoots : rootCertificates.map((pem) => new X509Certificate(pem));
  const rootsBySubject = bySubject(roots);
  const intermediates = ours.filter((certificate) => !ownRoots.includes(certificate));

  return {
    accept(pem, host, at) {
      const [leaf, ...served] = parseServed(pem);
      if (leaf === undefined) throw unavailable('the certificate URL served no certificate');
      checkName(leaf, namesFor(host));
      checkKey(leaf);
      const chain = findChain([leaf], bySubject([...served, ...intermediates]), rootsBySubject, at);
      if (chain === undefined) {
        throw unauthentic(
          `the certificate does not chain to a trusted, valid root (issuer: ${oneLine(leaf.issuer)}); ` +
            'if that is a public CA, its intermediate may be missing in PAYPAL_CERT_CA_FILE',
        );
      }
      return {
        publicKey: leaf.publicKey,
        validFrom: Math.max(...chain.map((link) => link.validFromDate.getTime())),
        validTo: Math.min(...chain.map((link) => link.validToDate.getTime())),
      };
    },
  };

  function namesFor(host: string): readonly string[] | undefined {
    if (subjects !== undefined) return subjects;
    const isPayPal = host.endsWith('.paypal.com');
    return hasOwnRoots && !isPayPal ? undefined : PAYPAL_CERTIFICATE_SUBJECTS;
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function parsePem(pem: string): X509Certificate[] {
  return Array.from(pem.matchAll(PEM_CERTIFICATE), ([block]) => new X509Certificate(block));
}

function parseServed(pem: string): X509Certificate[] {
  try {
    return parsePem(pem).slice(0, SERVED_CERTIFICATES_MAX);
  } catch {
    throw unavailable('the certificate URL served a file that is no certificate');
  }
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && isIssuedBy(certificate, certificate);
}

function bySubject(certificates: readonly X509Certificate[]): Map<string, X509Certificate[]> {
  return Map.groupBy(certificates, (certificate) => certificate.subject);
}

/** Checks the subject alternative names, or the common name if there are none; without wildcards. */
function checkName(leaf: X509Certificate, names: readonly string[] | undefined): void {
  if (names === undefined) return;
  if (!names.some((name) => leaf.checkHost(name, { wildcards: false }) !== undefined)) {
    throw unauthentic("the certificate does not bear the signer's name");
  }
}

function checkKey(leaf: X509Certificate): void {
  const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN) {
    throw unauthentic(`the certificate's key is not RSA of at least ${RSA_BITS_MIN} bits`);
  }
}

/**
 * Searches depth first from the leaf to a root: every certificate valid at `at`, every issuer a CA, no SHA-1 or MD5.
 * Path length and name constraints of the CAs are not checked, because node:crypto does not expose them; the
 * certificate came over TLS from an allowed host and carries the signer's name.
 */
function findChain(
  chain: readonly X509Certificate[],
  intermediates: Map<string, X509Certificate[]>,
  roots: Map<string, X509Certificate[]>,
  at: number,
): readonly X509Certificate[] | undefined {
  const last = chain.at(-1);
  if (last === undefined || !isValidAt(last, at)) return undefined;
  const sameName = roots.get(last.subject) ?? [];
  if (sameName.some((root) => root.fingerprint256 === last.fingerprint256)) return chain;
  if (chain.length >= CHAIN_LENGTH_MAX || isWeak(last)) return undefined;
  const issuers = [...(roots.get(last.issuer) ?? []), ...(intermediates.get(last.issuer) ?? [])];
  for (const issuer of issuers) {
    if (!issuer.ca || chain.includes(issuer) || !isIssuedBy(last, issuer)) continue;
    const found = findChain([...chain, issuer], intermediates, roots, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isValidAt(certificate: X509Certificate, at: number): boolean {
  return certificate.validFromDate.getTime() <= at && at <= certificate.validToDate.getTime();
}

function isWeak(certificate: X509Certificate): boolean {
  return /sha1|md5|md2/i.test(certificate.signatureAlgorithm ?? '');
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ').slice(0, 200);
}
