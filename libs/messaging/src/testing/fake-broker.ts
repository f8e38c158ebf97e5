import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Frames } from './frames.js';

const API_KEY_AT = 4;
const CORRELATION_ID_AT = 8;

export interface FakeBroker {
  readonly address: string;
  close(): Promise<void>;
}

/**
 * A scripted broker, for behaviour that no real one shows on demand.
 *
 * @param replyTo the reply's body for a request of that API, sent after `latencyMs`; undefined for no reply
 */
export async function startFakeBroker(
  replyTo: (apiKey: number, socket: Socket) => Buffer | undefined,
  latencyMs = 0,
): Promise<FakeBroker> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const requests = new Frames();
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      for (const request of requests.take(bytes)) {
        const body = replyTo(request.readInt16BE(API_KEY_AT), socket);
        if (body === undefined) continue;
        const length = Buffer.alloc(4);
        length.writeInt32BE(4 + body.length);
        const correlationId = request.subarray(CORRELATION_ID_AT, CORRELATION_ID_AT + 4);
        setTimeout(() => socket.write(Buffer.concat([length, correlationId, body])), latencyMs);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
