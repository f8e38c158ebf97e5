import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPayPalChain } from './paypal-chain.js';
import { PayPalSigner } from './paypal-signer.js';

/** What the simulator keeps between starts, and what other processes sign and verify with. All PEM. */
export interface SimulatorState {
  readonly caPem: string;
  readonly servedPem: string;
  readonly certificateId: string;
  readonly certificateUrl: string;
  readonly server: { readonly certificatePem: string; readonly privateKeyPem: string };
}

const FILES = {
  /** Public: PAYPAL_CERT_CA_FILE points here. */
  ca: 'ca.pem',
  served: 'paypal-certificate.pem',
  signingKey: 'paypal-signing-key.pem',
  serverCertificate: 'server-certificate.pem',
  serverKey: 'server-key.pem',
  /** Written last: where it is, everything else is. */
  paypal: 'paypal.json',
} as const;

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

interface PayPalFile {
  readonly certificateId: string;
  readonly certificateUrl: string;
}

export interface OpenStateOptions {
  readonly stateDir: string;
  /** Name in certificate URLs, and one of the server's names. */
  readonly publicHost: string;
  readonly certPort: number;
  readonly nowMs?: number;
}

/** The certificates of an earlier start if they hold for another week, else new ones. */
export async function openSimulatorState(options: OpenStateOptions): Promise<SimulatorState> {
  const { stateDir, publicHost, certPort, nowMs = Date.now() } = options;
  await mkdir(stateDir, { recursive: true });
  const read = (file: string): Promise<string> => readFile(join(stateDir, file), 'utf8');
  const reusable = await isReusable(read, publicHost, nowMs);
  const certificateId = reusable
    ? (await readPayPalFile(read)).certificateId
    : await create(stateDir, publicHost);
  const certificateUrl = `https://${publicHost}:${certPort}/v1/notifications/certs/${certificateId}`;
  const file: PayPalFile = { certificateId, certificateUrl };
  await write(stateDir, FILES.paypal, `${JSON.stringify(file, null, 2)}\n`);
  return {
    caPem: await read(FILES.ca),
    servedPem: await read(FILES.served),
    ...file,
    server: {
      certificatePem: await read(FILES.serverCertificate),
      privateKeyPem: await read(FILES.serverKey),
    },
  };
}

/**
 * A signer for any process that can read the simulator's state folder.
 * @throws Error if the simulator never started there
 */
export async function readPayPalSigner(stateDir: string): Promise<PayPalSigner> {
  const read = (file: string): Promise<string> => readFile(join(stateDir, file), 'utf8');
  const { certificateUrl } = await readPayPalFile(read);
  return new PayPalSigner({ privateKeyPem: await read(FILES.signingKey), certificateUrl });
}

type Read = (file: string) => Promise<string>;

async function readPayPalFile(read: Read): Promise<PayPalFile> {
  return JSON.parse(await read(FILES.paypal)) as PayPalFile;
}

async function isReusable(read: Read, publicHost: string, nowMs: number): Promise<boolean> {
  try {
    await readPayPalFile(read);
    await Promise.all([read(FILES.signingKey), read(FILES.serverKey)]);
    const [ca, served, server] = await Promise.all(
      [FILES.ca, FILES.served, FILES.serverCertificate].map(
        async (file) => new X509Certificate(await read(file)),
      ),
    );
    if (ca === undefined || served === undefined || server === undefined) return false;
    const lasting = [ca, served, server].every((one) => one.validToDate.getTime() > nowMs + WEEK_MS);
    return lasting && server.checkIssued(ca) && server.checkHost(publicHost) !== undefined;
  } catch {
    // Missing, unreadable, or from something else: made anew.
    return false;
  }
}

async function create(stateDir: string, publicHost: string): Promise<string> {
  const names = new Set(['localhost', '127.0.0.1', '::1', publicHost]);
  const chain = await createPayPalChain({ serverNames: [...names] });
  await write(stateDir, FILES.signingKey, chain.signer.privateKeyPem);
  await write(stateDir, FILES.serverKey, chain.server.privateKeyPem);
  await write(stateDir, FILES.serverCertificate, chain.server.certificatePem);
  await write(stateDir, FILES.served, chain.servedPem);
  await write(stateDir, FILES.ca, chain.caPem);
  return chain.certificateId;
}

/** Whole or not at all, and readable by us alone where it is a key. */
async function write(stateDir: string, file: string, contents: string): Promise<void> {
  const path = join(stateDir, file);
  const mode = file === FILES.signingKey || file === FILES.serverKey ? 0o600 : 0o644;
  await writeFile(`${path}.new`, contents, { mode });
  await rename(`${path}.new`, path);
}
