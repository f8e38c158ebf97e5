import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StackFiles } from '../supervisor/state.js';

/** Shows the end of the logs and what is added to them, until Ctrl-C. */
export async function followLogs(files: StackFiles, part: string | undefined): Promise<void> {
  const known = existsSync(files.logs)
    ? readdirSync(files.logs).flatMap((name) => /^(.*)\.log$/.exec(name)?.[1] ?? [])
    : [];
  const wanted = part === undefined || part === '' ? known : [part];
  const unknown = wanted.find((name) => !known.includes(name));
  if (known.length === 0) throw new Error('there are no logs yet: `make up` first');
  if (unknown !== undefined) throw new Error(`no log of ${unknown}; there are ${known.join(', ')}`);
  const paths = wanted.map((name) => join(files.logs, `${name}.log`));
  const tail = spawn('tail', ['-n', '50', '-F', ...paths], { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => tail.kill());
  await new Promise((resolve, reject) => tail.once('error', reject).once('exit', resolve));
}
