import { beforeAll, describe, expect, test } from '@jest/globals';
import { CertificateAuthority, createPayPalChain, type PayPalChain, validForDays } from '@payments/simulator';
import { kindOf } from '../testing/outcome.js';
import { type CertificateTrustOptions, createCertificateTrust } from './certificate-trust.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.now();
const PAYPAL = 'api.paypal.com';
const OWN = 'localhost:8091';
const SIGNER = {
  commonName: 'messageverificationcerts.paypal.com',
  names: ['messageverificationcerts.paypal.com'],
};

let chain: PayPalChain;
beforeAll(async () => {
  chain = await createPayPalChain();
});

function judge(pem: string, options: CertificateTrustOptions, host = PAYPAL, at = NOW) {
  const trust = createCertificateTrust(options);
  return kindOf(() => trust.accept(pem, host, at));
}

describe('a signing certificate', () => {
  test('is trusted for as long as its whole chain is valid', () => {
    const trusted = createCertificateTrust({ ca: chain.caPem }).accept(chain.servedPem, PAYPAL, NOW);
    expect(trusted.validFrom).toBeLessThanOrEqual(NOW);
    expect(trusted.validTo).toBeGreaterThan(NOW + 300 * DAY_MS);
    expect(trusted.validTo).toBeLessThan(NOW + 400 * DAY_MS);
  });

  test('is trusted with its intermediate from the file or from the CA file, and not without', async () => {
    const alone = chain.signer.certificatePem;
    expect(await judge(alone, { ca: chain.caPem })).toBe('unauthentic');
    expect(await judge(alone, { ca: chain.caPem + chain.intermediatePem })).toBe('verified');
    expect(await judge(chain.servedPem, { ca: chain.caPem })).toBe('verified');
  });

  test('of our own CA is not trusted by public roots, nor by an intermediate alone', async () => {
    expect(await judge(chain.servedPem, {})).toBe('unauthentic');
    expect(await judge(chain.servedPem + chain.caPem, {})).toBe('unauthentic');
    expect(await judge(chain.servedPem, { ca: chain.intermediatePem })).toBe('unauthentic');
  });

  test('is not trusted if it chains to another root of the same name', async () => {
    const stranger = await createPayPalChain();
    expect(await judge(stranger.servedPem, { ca: chain.caPem })).toBe('unauthentic');
    expect(await judge(stranger.signer.certificatePem + chain.intermediatePem, { ca: chain.caPem })).toBe(
      'unauthentic',
    );
  });

  test('is not trusted before or after its validity, nor when its CA has expired', async () => {
    const ca = { ca: chain.caPem };
    expect(await judge(chain.servedPem, ca, PAYPAL, NOW - DAY_MS)).toBe('unauthentic');
    expect(await judge(chain.servedPem, ca, PAYPAL, NOW + 398 * DAY_MS)).toBe('unauthentic');
    const outlived = await createPayPalChain({ caValidity: validForDays(10) });
    expect(await judge(outlived.servedPem, { ca: outlived.caPem })).toBe('verified');
    expect(await judge(outlived.servedPem, { ca: outlived.caPem }, PAYPAL, NOW + 11 * DAY_MS)).toBe(
      'unauthentic',
    );
  });

  test('must carry the name of PayPal if it comes from there', async () => {
    const sandbox = await createPayPalChain({ signerName: 'messageverificationcerts.sandbox.paypal.com' });
    expect(await judge(sandbox.servedPem, { ca: sandbox.caPem })).toBe('verified');
    for (const signerName of [
      'evil.test',
      'paypal.com',
      'messageverificationcerts.paypal.com.evil.test',
      '*.paypal.com',
    ]) {
      const other = await createPayPalChain({ signerName });
      expect(await judge(other.servedPem, { ca: other.caPem })).toBe('unauthentic');
    }
  });

  test('may carry any name from a host and under a root of our own, unless names are given', async () => {
    const other = await createPayPalChain({ signerName: 'signer.example' });
    expect(await judge(other.servedPem, { ca: other.caPem }, OWN)).toBe('verified');
    expect(await judge(other.servedPem, { ca: other.caPem, subjects: ['x.example'] }, OWN)).toBe(
      'unauthentic',
    );
    expect(await judge(other.servedPem, { ca: other.caPem, subjects: ['signer.example'] })).toBe('verified');
  });

  test('has to have an RSA key of 2048 bits', async () => {
    const small = await createPayPalChain({ signerRsaBits: 1024 });
    expect(await judge(small.servedPem, { ca: small.caPem })).toBe('unauthentic');
    const root = await CertificateAuthority.createRoot('EC', validForDays(10));
    const elliptic = await root.issueLeaf({ ...SIGNER, validity: validForDays(5) });
    expect(await judge(elliptic.certificatePem, { ca: root.certificatePem })).toBe('unauthentic');
  });

  test.each([
    ['a CA', true, 'verified'],
    ['no CA', false, 'unauthentic'],
  ] as const)('issued by a certificate that is %s is judged by that', async (_, isCa, expected) => {
    const root = await CertificateAuthority.createRoot('Root', validForDays(10));
    const issuer = await root.issueIntermediate('Issuer', validForDays(10), isCa);
    const leaf = await issuer.issueLeaf({ ...SIGNER, rsaBits: 2048, validity: validForDays(5) });
    const served = leaf.certificatePem + issuer.certificatePem;
    expect(await judge(served, { ca: root.certificatePem })).toBe(expected);
  });

  test("with a signature that is not its issuer's is not trusted", async () => {
    const der = Buffer.from(chain.signer.certificatePem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    const forged = `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
    expect(await judge(forged + chain.intermediatePem, { ca: chain.caPem })).toBe('unauthentic');
  });

  test('may be served with more certificates than are considered', async () => {
    const many = chain.signer.certificatePem + chain.intermediatePem.repeat(500);
    expect(await judge(many, { ca: chain.caPem })).toBe('verified');
  });
});

test('a CA file without a certificate is an error at the start', () => {
  expect(() => createCertificateTrust({ ca: '' })).toThrow('holds no certificate');
  expect(() => createCertificateTrust({ ca: 'PEM' })).toThrow('holds no certificate');
  expect(() =>
    createCertificateTrust({ ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }),
  ).toThrow();
});
