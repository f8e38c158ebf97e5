import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { boundToParent, childEnvironment, SERVICE_NODE_FLAGS } from '@payments/local/testing';

/** Runs a program as our services are to its end, which is not after ours. @returns what it printed on stdout @throws if it fails */
export async function runScript(script: string, env: Record<string, string>): Promise<string> {
  const { file, args } = boundToParent(
    { file: process.execPath, args: [...SERVICE_NODE_FLAGS, script] },
    'SIGKILL',
  );
  const child = spawn(file, args, {
    env: childEnvironment({ ...env, NODE_ENV: 'production' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${script} exited with ${code}`);
  return printed;
}
