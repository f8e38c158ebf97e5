import { X509Certificate } from 'node:crypto';
import {
  CertificateAuthority,
  type IssuedCertificate,
  type Validity,
  validForDays,
} from './certificate-authority.js';

export interface PayPalChainOptions {
  /** Name of the signing certificate; PayPal's live one by default. */
  readonly signerName?: string;
  readonly signerRsaBits?: number;
  readonly signerValidity?: Validity;
  readonly caValidity?: Validity;
  /** Host names and addresses that the certificate server answers to. */
  readonly serverNames?: readonly string[];
}

/** A PKI like the one behind PayPal's webhooks. All PEM. */
export interface PayPalChain {
  /** The root: what PAYPAL_CERT_CA_FILE holds. */
  readonly caPem: string;
  readonly intermediatePem: string;
  readonly signer: IssuedCertificate;
  /** What the certificate URL serves: the signer's certificate, then the intermediate. */
  readonly servedPem: string;
  /** The last part of the certificate URL. */
  readonly certificateId: string;
  /** For the TLS server that serves it, signed by the root. */
  readonly server: IssuedCertificate;
}

const CA_DAYS = 3650;
const LEAF_DAYS = 397;

/** Makes a fresh root, intermediate, signing and server certificate; their CA keys are then gone. */
export async function createPayPalChain(options: PayPalChainOptions = {}): Promise<PayPalChain> {
  const {
    signerName = 'messageverificationcerts.paypal.com',
    signerRsaBits = 2048,
    signerValidity = validForDays(LEAF_DAYS),
    caValidity = validForDays(CA_DAYS),
    serverNames = ['localhost', '127.0.0.1', '::1'],
  } = options;
  const root = await CertificateAuthority.createRoot('Payments Simulator Root CA', caValidity);
  const intermediate = await root.issueIntermediate('Payments Simulator Signing CA', caValidity);
  const signer = await intermediate.issueLeaf({
    commonName: signerName,
    names: [signerName],
    rsaBits: signerRsaBits,
    validity: signerValidity,
  });
  const server = await root.issueLeaf({
    commonName: 'localhost',
    names: serverNames,
    validity: validForDays(LEAF_DAYS),
  });
  return {
    caPem: root.certificatePem,
    intermediatePem: intermediate.certificatePem,
    signer,
    servedPem: signer.certificatePem + intermediate.certificatePem,
    certificateId: certificateIdOf(signer.certificatePem),
    server,
  };
}

/** As PayPal's look: `CERT-360caa42-fca2a594-1a5f47cb`. */
function certificateIdOf(pem: string): string {
  const hex = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  return `CERT-${hex.slice(0, 8)}-${hex.slice(8, 16)}-${hex.slice(16, 24)}`;
}
