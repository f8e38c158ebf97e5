import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { boundToParent, childEnvironment, SERVICE_NODE_FLAGS } from '@payments/local/testing';

const START_TIMEOUT_MS = 30_000;

/**
 * Runs `work` against a server process, run as our services are, that listens on `port`, and ends the process. It does
 * not outlive this one, however that ends.
 */
export async function withServer<T>(
  script: string,
  port: number,
  env: Record<string, string>,
  work: () => Promise<T>,
): Promise<T> {
  const { file, args } = boundToParent(
    { file: process.execPath, args: [...SERVICE_NODE_FLAGS, script] },
    'SIGKILL',
  );
  const server = spawn(file, args, {
    env: childEnvironment({ ...env, PORT: String(port), NODE_ENV: 'production' }),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await listening(server, port);
    return await work();
  } finally {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
  }
}

async function listening(server: ChildProcess, port: number): Promise<void> {
  for (const endAt = Date.now() + START_TIMEOUT_MS; Date.now() < endAt; await delay(50)) {
    if (server.exitCode !== null) throw new Error(`the server exited with ${server.exitCode}`);
    if (await accepts(port)) return;
  }
  throw new Error(`the server did not listen on ${port} within ${START_TIMEOUT_MS} ms`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
