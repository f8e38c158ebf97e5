import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnvironment } from './environment.js';

/**
 * How a service is run. Garbage of a request or a batch dies young if the young generation is large enough for it
 * (MiB, of each half): measured as 8 % more webhooks a second and half of the p99 at the ingress.
 */
export const SERVICE_NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=32'] as const;

/** A program that runs for longer is killed. */
export const PROGRAM_MS_MAX = 120_000;

/**
 * Runs a program of ours to its end, or until the signal, and returns what it printed.
 *
 * @throws Error with its output if it fails
 */
export async function runNodeProgram(
  file: string,
  env: Readonly<Record<string, string>>,
  what: string,
  signal?: AbortSignal,
): Promise<string> {
  try {
    const options = { env: childEnvironment({ ...env }), timeout: PROGRAM_MS_MAX, ...(signal && { signal }) };
    const { stdout } = await promisify(execFile)(process.execPath, ['--enable-source-maps', file], options);
    return stdout;
  } catch (error) {
    const { stdout, stderr, killed } = error as { stdout?: string; stderr?: string; killed?: boolean };
    const how = killed ? `took more than ${PROGRAM_MS_MAX / 1000} s` : 'failed';
    throw new Error(`${what} ${how}:\n${stdout ?? ''}${stderr ?? ''}`.trimEnd(), { cause: error });
  }
}
