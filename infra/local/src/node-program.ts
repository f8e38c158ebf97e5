import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnvironment } from './environment.js';

/** Runs a program of ours to its end and returns what it printed. @throws Error with its output if it fails. */
export async function runNodeProgram(
  file: string,
  env: Readonly<Record<string, string>>,
  what: string,
): Promise<string> {
  try {
    const options = { env: childEnvironment({ ...env }), timeout: 120_000 };
    const { stdout } = await promisify(execFile)(process.execPath, ['--enable-source-maps', file], options);
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${what} failed:\n${stdout ?? ''}${stderr ?? ''}`.trimEnd(), { cause: error });
  }
}
