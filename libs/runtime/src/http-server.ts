import type { Server } from 'node:http';

/** Between two looks for connections that fell idle during shutdown. */
const IDLE_SWEEP_MS = 100;

/** Listens on `port` of every interface; 0 is any free one. @throws the error of a port that is used */
export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
}

/** Accepts no more, lets the requests under way finish, and cuts what is left at the deadline. */
export function closeServer(server: Server, deadline: AbortSignal): Promise<void> {
  // A connection that is kept alive would keep the server open: told to end with its next answer, or ended
  // once idle if that answer had begun before.
  server.prependListener('request', (_req, res) => {
    res.shouldKeepAlive = false;
  });
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  return new Promise((resolve) => {
    deadline.addEventListener('abort', () => server.closeAllConnections(), { once: true });
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
