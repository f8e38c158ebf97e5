import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test can write invalid HTTP. */
export class RawHttp {
  readonly #socket: Socket;
  #received = '';
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
    });
    // Tests wait for the server to cut the connection, which may happen during a write.
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

  /** Status of the last answer, `100 Continue` excepted; undefined before one has arrived. */
  get status(): number | undefined {
    const found = [...this.#received.matchAll(/^HTTP\/1\.1 ([2-5]\d\d) /gm)].at(-1)?.[1];
    return found === undefined ? undefined : Number(found);
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Writes the head of a request. */
  post(path: string, headers: Readonly<Record<string, string>>): void {
    const lines = Object.entries({ host: 'ingress', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    this.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  /** Writes `chunk` repeatedly, as fast as possible, until the connection ends. @returns the number of bytes written */
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
