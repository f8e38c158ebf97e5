import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { type HttpServer, type HttpServerParts, listen } from './api/http-server.js';
import { controlDesk } from './control/desk.js';
import { checkoutDesk } from './customer/checkout-desk.js';
import { GatewayPorts } from './gateway-ports.js';
import type { Simulator } from './simulator.js';

export interface ServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly host?: string | undefined;
  /** By which customers reach the simulator; http://localhost and the port if left out. */
  readonly publicUrl?: string | undefined;
  /** Ports on which one gateway is alone, and refuses connections while it is down. 0: any free one. */
  readonly gatewayPorts?: Readonly<Partial<Record<GatewayProvider, number>>>;
  readonly admin?: HttpServerParts['admin'];
}

export interface SimulatorServer extends HttpServer {
  readonly url: string;
  /** Of the gateways that were given one of their own. */
  readonly gatewayPorts: Readonly<Partial<Record<GatewayProvider, number>>>;
}

/** Serves the simulator: gateways, control API and the customer's pages. */
export async function startServer(simulator: Simulator, options: ServerOptions): Promise<SimulatorServer> {
  const parts: HttpServerParts = {
    clock: simulator.clock,
    logger: simulator.logger,
    desks: [controlDesk(simulator), checkoutDesk(simulator)],
    serveGateway: (provider, call) => simulator.serve(provider, call),
    admin: options.admin,
  };
  const server = await listen(parts, options);
  const ports = new GatewayPorts(
    (only, port) => listen(parts, { port, host: options.host, only }),
    (provider) => simulator.faults.isDown(provider),
  );
  for (const provider of GATEWAY_PROVIDERS) {
    const port = options.gatewayPorts?.[provider];
    if (port !== undefined) await ports.open(provider, port);
  }
  simulator.onFaultsChanged = () => ports.refresh();
  const url = options.publicUrl ?? `http://localhost:${server.port}`;
  simulator.publicUrl = url;
  return {
    port: server.port,
    url,
    gatewayPorts: ports.numbers(),
    close: async () => {
      simulator.close();
      await Promise.all([server.close(), ports.close()]);
    },
  };
}
