import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * How the registry behaves to clients: normally; as if it had lost its data; with server errors; without any reply.
 */
export type RegistryMood = 'itself' | 'empty' | 'failing' | 'silent';

/** A proxy in front of the real schema registry. */
export class RegistryFront {
  mood: RegistryMood = 'itself';
  /** Requested paths, without the registry's prefix. */
  readonly paths: string[] = [];
  readonly #target: URL;
  readonly #server: Server;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async open(target: string): Promise<RegistryFront> {
    const front = new RegistryFront(target);
    await new Promise<void>((resolve) => {
      front.#server.listen(0, '127.0.0.1', resolve);
    });
    return front;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${this.#target.pathname}`;
  }

  /** Stops listening. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.paths.push((request.url ?? '').slice(this.#target.pathname.length));
    if (this.mood === 'silent') return;
    if (this.mood === 'failing') return void response.writeHead(503).end();
    if (this.mood === 'empty') {
      response.writeHead(404, { 'content-type': 'application/json' });
      return void response.end('{"error_code":40403,"message":"Schema not found"}');
    }
    const { hostname: host, port } = this.#target;
    const { method, url: path, headers } = request;
    const passedOn = forward({ host, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passedOn.on('error', () => response.destroy());
    request.pipe(passedOn);
  }
}
