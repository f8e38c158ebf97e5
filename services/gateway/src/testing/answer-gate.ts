import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A proxy in front of a gateway that can hold back responses: the request is executed, but its caller does not know
 * yet.
 */
export class AnswerGate {
  readonly url: string;
  readonly #server: Server;
  readonly #target: string;
  #gate = Promise.withResolvers<void>();
  #held: string | undefined;
  /** Number of responses held back so far. */
  heldCount = 0;

  static async open(target: string): Promise<AnswerGate> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new AnswerGate(server, target);
  }

  private constructor(server: Server, target: string) {
    this.#server = server;
    this.#target = target;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request: IncomingMessage, response) => {
      this.#answer(request).then(
        ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
        () => response.destroy(),
      );
    });
  }

  /** Holds back responses to requests whose path has this suffix. */
  hold(path: string): void {
    this.#gate = Promise.withResolvers();
    this.#held = path;
  }

  letGo(): void {
    this.#held = undefined;
    this.#gate.resolve();
  }

  /** Drops the responses held back, by closing their connections. */
  lose(): void {
    this.#held = undefined;
    this.#gate.reject(new Error('the response is lost'));
  }

  async close(): Promise<void> {
    this.letGo();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; type: string; body: Buffer }> {
    const { method = 'GET', url = '' } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const answer = await fetch(this.#target + url, {
      method,
      headers: headers as Record<string, string>,
      ...(method !== 'GET' && { body: Buffer.concat(chunks) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (this.#held !== undefined && url.endsWith(this.#held)) {
      this.heldCount += 1;
      await this.#gate.promise;
    }
    return { status: answer.status, type: answer.headers.get('content-type') ?? 'application/json', body };
  }
}
