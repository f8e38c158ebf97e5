import { createRequire } from 'node:module';
import type { ISocketFactory } from 'kafkajs';

const createSocketFactory = createRequire(import.meta.url)(
  'kafkajs/src/network/socketFactory',
) as () => ISocketFactory;

/**
 * Connections end when `signal` aborts, and none is made after it. kafkajs by itself keeps what it opens while it is
 * being closed, or for a request that was about to be sent, and a process with an open connection does not end.
 */
export function socketsUntil(signal: AbortSignal): ISocketFactory {
  const connect = createSocketFactory();
  return (options) => {
    signal.throwIfAborted();
    const socket = connect(options);
    // What kafkajs has ended needs no error; of any other it learns by one.
    const end = () => socket.destroy(socket.writableEnded ? undefined : new Error('the client is closed'));
    signal.addEventListener('abort', end, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', end));
    return socket;
  };
}
