import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test writes what no HTTP client would. */
export class RawHttp {
  readonly #socket: Socket;
  #received = '';
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
    });
    // The server may cut the connection while we write: that is what tests wait for.
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#closed = true;
    });
  }

  static async open(port: number): Promise<RawHttp> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawHttp(socket);
  }

  get received(): string {
    return this.#received;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Of the last answer that has arrived so far, `100 Continue` left aside; undefined before it. */
  get status(): number | undefined {
    const found = [...this.#received.matchAll(/^HTTP\/1\.1 ([2-5]\d\d) /gm)].at(-1)?.[1];
    return found === undefined ? undefined : Number(found);
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Writes a request's head; the body is up to the test. */
  post(path: string, headers: Readonly<Record<string, string>>): void {
    const lines = Object.entries({ host: 'ingress', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    this.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  /** Writes `chunk` for ever, as fast as it is taken, until the connection ends. Returns bytes written. */
  async writeEndlessly(chunk: string): Promise<number> {
    const ended = new Promise((resolve) => this.#socket.once('close', resolve));
    while (!this.#closed) {
      if (this.#socket.write(chunk)) await new Promise(setImmediate);
      else await Promise.race([new Promise((resolve) => this.#socket.once('drain', resolve)), ended]);
    }
    return this.#socket.bytesWritten;
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
