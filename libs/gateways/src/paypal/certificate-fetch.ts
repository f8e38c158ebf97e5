import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
// As a namespace: an older Node.js does not have getCACertificates, and has to load this to say that it is too old.
import * as tls from 'node:tls';

/** Fetches a certificate file. Rejects unless there is a complete response with status 200. */
export type FetchCertificate = (url: string) => Promise<Buffer>;

export interface CertificateFetchOptions {
  /** PEM; trusted for TLS in addition to Node's CAs. */
  readonly ca?: string | undefined;
  /** From the start of the request to the last byte of the response. */
  readonly timeoutMs?: number;
  readonly bytesMax?: number;
}

const TIMEOUT_MS = 5000;
/** A chain of four is about 10 KB. */
const BYTES_MAX = 64 * 1024;

/** Fetches over node:https, which follows no redirects and uses neither proxies nor cookies. */
export function createCertificateFetch(options: CertificateFetchOptions = {}): FetchCertificate {
  const { ca, timeoutMs = TIMEOUT_MS, bytesMax = BYTES_MAX } = options;
  const agent = new Agent({
    keepAlive: false,
    minVersion: 'TLSv1.2',
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect here.
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca: [...tls.getCACertificates('default'), ca] }),
  });
  return async (url) => {
    const response = await get(url, {
      agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'payment-pipeline' },
    });
    try {
      if (response.statusCode !== 200) throw new Error(`the answer has status ${response.statusCode}`);
      return await readAll(response, bytesMax);
    } finally {
      response.destroy();
    }
  };
}

function get(url: string, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, options, resolve).on('error', reject).end();
  });
}

async function readAll(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > bytesMax) throw new Error(`the answer is larger than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
