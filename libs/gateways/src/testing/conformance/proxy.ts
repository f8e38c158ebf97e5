import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestGateways } from './test-gateways.js';

/** The proxy's own response to a path; undefined to forward the request to the simulator. */
export type Instead = (path: string) => { readonly status: number; readonly body: object } | undefined;

export interface GatewayProxy {
  readonly base: string;
  close(): Promise<void>;
}

/** Starts a proxy in front of the simulator, for responses that the simulator does not give. */
export async function startProxy(gateways: TestGateways, instead: Instead): Promise<GatewayProxy> {
  const server = createServer((incoming, outgoing) => {
    const own = instead(incoming.url ?? '/');
    if (own === undefined) passOn(gateways, incoming, outgoing);
    else {
      incoming.resume();
      outgoing.writeHead(own.status, { 'content-type': 'application/json' }).end(JSON.stringify(own.body));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function passOn({ base }: TestGateways, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url = '/' } = incoming;
  const onward = request(new URL(url, base), { method, headers }, (response) => {
    outgoing.writeHead(response.statusCode ?? 500, response.headers);
    response.pipe(outgoing);
  });
  incoming.pipe(onward);
}
