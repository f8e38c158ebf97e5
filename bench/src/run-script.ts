import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { boundToParent, childEnvironment, SERVICE_NODE_FLAGS } from '@payments/local/testing';

/**
 * Runs a program like our services, until it exits. It is killed if this process ends first.
 *
 * @returns its stdout
 * @throws Error if it exits with another code than 0
 */
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
