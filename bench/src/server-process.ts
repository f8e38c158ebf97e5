import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { boundToParent, childEnvironment, SERVICE_NODE_FLAGS } from '@payments/local/testing';

const START_TIMEOUT_MS = 30_000;

/**
 * Runs `work` while a server process, started like our services, listens on `port`; then stops it. It is killed if this
 * process ends first.
 *
 * @throws Error if the server exits before the work is done
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
  const exited = once(server, 'exit').then(([code]) => {
    throw new Error(`${script} exited with ${code}`);
  });
  // After the work the exit is intended.
  exited.catch(() => {});
  try {
    await Promise.race([listening(port), exited]);
    return await Promise.race([work(), exited]);
  } finally {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
  }
}

async function listening(port: number): Promise<void> {
  for (const endAt = Date.now() + START_TIMEOUT_MS; Date.now() < endAt; await delay(50)) {
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
