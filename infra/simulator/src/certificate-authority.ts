import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

cryptoProvider.set(webcrypto);

type CryptoKeyPair = webcrypto.CryptoKeyPair;

const EC_P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A certificate with its private key, both PEM. */
export interface IssuedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface LeafRequest {
  readonly commonName: string;
  /** Alternative names: host names and IP addresses. */
  readonly names: readonly string[];
  readonly rsaBits?: number;
  readonly validity: Validity;
}

/** A CA whose key stays in memory: it issues what is wanted, then is forgotten. */
export class CertificateAuthority {
  readonly #certificate: X509Certificate;
  readonly #keys: CryptoKeyPair;

  private constructor(certificate: X509Certificate, keys: CryptoKeyPair) {
    this.#certificate = certificate;
    this.#keys = keys;
  }

  get certificatePem(): string {
    return `${this.#certificate.toString('pem')}\n`;
  }

  static async createRoot(commonName: string, validity: Validity): Promise<CertificateAuthority> {
    const keys = await generateKeys(EC_P256);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [commonName] }],
      keys,
      signingAlgorithm: EC_P256,
      ...validity,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(certificate, keys);
  }

  /** @param isCa false makes one that issues without being allowed to, as an attacker would. */
  async issueIntermediate(
    commonName: string,
    validity: Validity,
    isCa: boolean = true,
  ): Promise<CertificateAuthority> {
    const keys = await generateKeys(EC_P256);
    const certificate = await this.#issue(commonName, keys, validity, [
      new BasicConstraintsExtension(isCa, isCa ? 0 : undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ]);
    return new CertificateAuthority(certificate, keys);
  }

  /** An end-entity certificate: RSA of `rsaBits`, as signers of webhooks have, else EC as TLS servers may. */
  async issueLeaf({ commonName, names, rsaBits, validity }: LeafRequest): Promise<IssuedCertificate> {
    const keys = await generateKeys(rsaBits === undefined ? EC_P256 : rsa(rsaBits));
    const certificate = await this.#issue(commonName, keys, validity, [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(names.map(generalName)),
    ]);
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return {
      certificatePem: `${certificate.toString('pem')}\n`,
      privateKeyPem: pem('PRIVATE KEY', Buffer.from(pkcs8)),
    };
  }

  async #issue(
    commonName: string,
    keys: CryptoKeyPair,
    validity: Validity,
    extensions: readonly Extension[],
  ): Promise<X509Certificate> {
    return X509CertificateGenerator.create({
      subject: [{ CN: [commonName] }],
      issuer: this.#certificate.subjectName.toJSON(),
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: EC_P256,
      ...validity,
      extensions: [
        ...extensions,
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(this.#certificate),
      ],
    });
  }
}

/** From an hour ago, against clocks that disagree. */
export function validForDays(days: number, nowMs: number = Date.now()): Validity {
  return { notBefore: new Date(nowMs - 3_600_000), notAfter: new Date(nowMs + days * DAY_MS) };
}

function rsa(modulusLength: number): webcrypto.RsaHashedKeyGenParams {
  return {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength,
  };
}

function generateKeys(
  algorithm: webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams,
): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

function generalName(name: string): JsonGeneralName {
  return { type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name };
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
