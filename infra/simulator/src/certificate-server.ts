import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface CertificateServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface CertificateServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly host?: string | undefined;
  readonly tls: { readonly certificatePem: string; readonly privateKeyPem: string };
  /** Certificate id → PEM file. */
  readonly certificates: ReadonlyMap<string, string>;
}

const PATH = '/v1/notifications/certs/';

/** Serves signing certificates over HTTPS where PayPal does. */
export async function serveCertificates(options: CertificateServerOptions): Promise<CertificateServer> {
  const { tls, certificates } = options;
  const server = createServer({ cert: tls.certificatePem, key: tls.privateKeyPem }, (request, response) => {
    const url = request.url ?? '';
    const pem = url.startsWith(PATH) ? certificates.get(url.slice(PATH.length)) : undefined;
    if (request.method !== 'GET' || pem === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-pem-file' }).end(pem);
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
