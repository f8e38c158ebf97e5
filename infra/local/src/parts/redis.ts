import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PartPlan } from '../part.js';
import { makeFolder } from '../paths.js';
import { askPort } from '../ports.js';

export interface RedisOptions {
  readonly folder: string;
  readonly port: number;
  /** Where the server binaries were unpacked. */
  readonly programs: string;
  /** Keep the data over a restart. */
  readonly durable: boolean;
}

export function redisPlan({ folder, port, programs, durable }: RedisOptions): PartPlan {
  const program = redisProgram(programs);
  const persistence = durable ? ['--appendonly', 'yes'] : ['--appendonly', 'no'];
  return {
    name: 'redis',
    port,
    url: `redis://127.0.0.1:${port}`,
    command: {
      file: program,
      args: [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--daemonize',
        'no',
        '--save',
        '',
        ...persistence,
        '--maxmemory',
        '256mb',
        '--maxmemory-policy',
        'volatile-lru',
      ],
      cwd: '/',
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 10_000,
    startDeadlineMs: 20_000,
    async prepare() {
      makeFolder(folder);
      checkProgram(program);
    },
    async isReady() {
      return (await askPort(port, 'PING\r\n')).toString().startsWith('+PONG');
    },
  };
}

function redisProgram(programs: string): string {
  const architecture = { x64: 'amd64', arm64: 'arm64', ia32: '386' }[process.arch as string] ?? process.arch;
  const suffix = `${process.platform}-${architecture}`;
  const name = existsSync(programs) ? readdirSync(programs).find((one) => one.endsWith(suffix)) : undefined;
  if (name === undefined) {
    throw new Error(`there is no Redis for ${suffix} here: set REDIS_URL to one of your own`);
  }
  return join(programs, name);
}

/** The binaries for Linux want OpenSSL 3, which older systems do not have. */
function checkProgram(program: string): void {
  chmodSync(program, 0o755);
  const { status, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    `Redis does not run here (${stderr?.trim() || 'no output'}). On Debian: apt-get install libssl3. ` +
      'Or set REDIS_URL to a Redis of your own.',
  );
}
