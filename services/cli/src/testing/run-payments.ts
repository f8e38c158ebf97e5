import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sharedStack } from '@payments/local/testing';
import { runCli } from '../run-cli.js';

/** Result of a run of the command line, as a shell sees it. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const PROGRAM = fileURLToPath(new URL('../../bin/payments.js', import.meta.url));
const NOBODY_LISTENS = '127.0.0.1:1';

/** No Redis listens there. */
export const NO_REDIS = `redis://${NOBODY_LISTENS}`;
/** No Postgres listens there. */
export const NO_POSTGRES = `postgres://${NOBODY_LISTENS}/payments`;

/** A Redis database of these tests' own: the keys have fixed names. */
export function redisUrl(): string {
  return `${sharedStack().redisUrl}/8`;
}

/** Runs `payments …` as a process with only this environment. */
export function runPayments(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env: { ...env } }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** The same within this process, which is faster; starting a process is covered by other tests. */
export async function runHere(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Run> {
  let [out, err] = ['', ''];
  const code = await runCli(args, {
    env,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}
