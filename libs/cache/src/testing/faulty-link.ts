import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A TCP proxy that a test can cut, freeze, slow down and restore. */
export class FaultyLink {
  readonly #target: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #state: 'sound' | 'cut' | 'frozen' = 'sound';
  #delayMs = 0;
  /** Connections accepted since the start. */
  connections = 0;

  /** @param target such as `redis://127.0.0.1:6379`. */
  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((socket) => this.#join(socket));
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** The target's URL through this proxy. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return Object.assign(new URL(this.#target), { host: `127.0.0.1:${port}` }).href;
  }

  /** Closes every connection, and each new one at once: the server is down. */
  cut(): void {
    this.#state = 'cut';
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Keeps connections open but forwards nothing: the server hangs. */
  freeze(): void {
    this.#state = 'frozen';
    for (const socket of this.#sockets) socket.pause();
  }

  /** Delays everything, in each direction, by so many milliseconds: the server is busy. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  mend(): void {
    this.#state = 'sound';
    this.#delayMs = 0;
    for (const socket of this.#sockets) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    this.connections += 1;
    if (this.#state === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(Number(this.#target.port), this.#target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      let carried = Promise.resolve();
      socket.on('data', (chunk) => {
        carried = carried.then(() => this.#carry(chunk, other));
      });
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      if (this.#state === 'frozen') socket.pause();
    }
  }

  async #carry(chunk: Buffer, to: Socket): Promise<void> {
    if (this.#delayMs > 0) await delay(this.#delayMs);
    to.write(chunk);
  }
}
