import type { GatewayProvider } from '@payments/domain';
import type { HttpServer } from './api/http-server.js';

interface Port {
  readonly number: number;
  server: HttpServer | undefined;
}

type Listen = (only: GatewayProvider, port: number) => Promise<HttpServer>;

/** Ports of one gateway each: while it is down, nobody listens there, and connections are refused. */
export class GatewayPorts {
  readonly #listen: Listen;
  readonly #isDown: (provider: GatewayProvider) => boolean;
  readonly #ports = new Map<GatewayProvider, Port>();
  #changing: Promise<void> = Promise.resolve();

  constructor(listen: Listen, isDown: (provider: GatewayProvider) => boolean) {
    this.#listen = listen;
    this.#isDown = isDown;
  }

  async open(provider: GatewayProvider, port: number): Promise<void> {
    const server = await this.#listen(provider, port);
    this.#ports.set(provider, { number: server.port, server });
  }

  numbers(): Partial<Record<GatewayProvider, number>> {
    return Object.fromEntries(Array.from(this.#ports, ([provider, { number }]) => [provider, number]));
  }

  /**
   * Closes the ports of gateways that are down and opens those of gateways that are up; one change at a time.
   * @throws Error if a port was taken in the meantime; the next refresh tries again
   */
  refresh(): Promise<void> {
    const before = this.#changing.catch(() => {});
    this.#changing = before.then(async () => {
      for (const [provider, port] of this.#ports) {
        const isDown = this.#isDown(provider);
        if (isDown && port.server !== undefined) {
          await port.server.close();
          port.server = undefined;
        } else if (!isDown && port.server === undefined) {
          port.server = await this.#listen(provider, port.number);
        }
      }
    });
    return this.#changing;
  }

  async close(): Promise<void> {
    await this.#changing.catch(() => {});
    await Promise.all(Array.from(this.#ports.values(), ({ server }) => server?.close()));
    this.#ports.clear();
  }
}
