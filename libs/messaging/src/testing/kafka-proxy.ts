import { once } from 'node:events';
import { createServer, connect as openSocket, type Server, type Socket } from 'node:net';
import { Frames } from './frames.js';

/** https://kafka.apache.org/protocol#protocol_api_keys */
const PRODUCE = 0;
const API_KEY_AT = 4;
const CORRELATION_ID_AT = 8;
const REPLY_CORRELATION_ID_AT = 4;

/**
 * What happens to a produce request: it is forwarded; its reply is dropped and the connection closed; or the
 * connection is closed before the request reaches the broker.
 */
export type Fate = 'forward' | 'lose-reply' | 'cut';

/** A proxy in front of one broker that drops what the test chooses. */
export class KafkaProxy {
  /** Called for each produce request; `nth` is 1 for the first since `forget()`. */
  fateOf: (nth: number) => Fate = () => 'forward';
  /** Whether to black-hole a request of that API and all that follow on its connection. */
  hangsAt: (apiKey: number) => boolean = () => false;
  /** Black-holed requests since `forget()`. */
  hanging = 0;
  /** Replaces the reply to a request of that API. */
  replyTo: (apiKey: number, reply: Buffer) => Buffer = (_, reply) => reply;
  /** Since `forget()`. */
  produceRequests = 0;
  readonly #listenPort: number;
  readonly #targetPort: number;
  readonly #clients = new Set<Socket>();
  #server: Server | undefined;

  private constructor(listenPort: number, targetPort: number) {
    this.#listenPort = listenPort;
    this.#targetPort = targetPort;
  }

  /**
   * @param listenPort where the broker is advertised
   * @param targetPort where the broker listens
   */
  static async open(listenPort: number, targetPort: number): Promise<KafkaProxy> {
    const proxy = new KafkaProxy(listenPort, targetPort);
    await proxy.accept();
    return proxy;
  }

  /** Resets the counts and the faults. */
  forget(): void {
    this.produceRequests = 0;
    this.fateOf = () => 'forward';
    this.hangsAt = () => false;
    this.hanging = 0;
    this.replyTo = (_, reply) => reply;
  }

  /** Accepts connections (again). */
  async accept(): Promise<void> {
    if (this.#server !== undefined) return;
    this.#server = createServer((client) => this.#join(client));
    this.#server.listen(this.#listenPort, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Closes all connections and refuses new ones until `accept()`. */
  async refuse(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const client of this.#clients) client.destroy();
    await closed;
  }

  #join(client: Socket): void {
    const broker = openSocket(this.#targetPort, '127.0.0.1');
    const lost = new Set<number>();
    const apiKeys = new Map<number, number>();
    let hangs = false;
    const requests = new Frames();
    const replies = new Frames();
    this.#clients.add(client);
    const end = (): void => {
      client.destroy();
      broker.destroy();
      this.#clients.delete(client);
    };
    for (const socket of [client, broker]) socket.on('error', end).on('close', end).setNoDelay(true);
    client.on('data', (bytes) => {
      for (const request of requests.take(bytes)) {
        hangs ||= this.hangsAt(request.readInt16BE(API_KEY_AT));
        if (hangs) {
          this.hanging += 1;
          continue;
        }
        const fate = this.#fate(request);
        if (fate === 'cut') return end();
        const correlationId = request.readInt32BE(CORRELATION_ID_AT);
        if (fate === 'lose-reply') lost.add(correlationId);
        apiKeys.set(correlationId, request.readInt16BE(API_KEY_AT));
        broker.write(request);
      }
    });
    broker.on('data', (bytes) => {
      for (const reply of replies.take(bytes)) {
        const correlationId = reply.readInt32BE(REPLY_CORRELATION_ID_AT);
        if (lost.has(correlationId)) return end();
        client.write(this.replyTo(apiKeys.get(correlationId) ?? -1, reply));
        apiKeys.delete(correlationId);
      }
    });
  }

  #fate(request: Buffer): Fate {
    if (request.readInt16BE(API_KEY_AT) !== PRODUCE) return 'forward';
    this.produceRequests += 1;
    return this.fateOf(this.produceRequests);
  }
}
