import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_NODE_FLAGS } from '../node-program.js';
import type { PartPlan } from '../part.js';
import { REPOSITORY } from '../paths.js';

export interface ServiceOptions {
  readonly name: string;
  /** Folder of the package, whose dist/main.js is run. */
  readonly package: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

/** One of our own processes; undefined while its package has no main program. */
export function servicePlan({ name, package: folder, port, env }: ServiceOptions): PartPlan | undefined {
  const main = join(REPOSITORY, folder, 'dist', 'main.js');
  if (!existsSync(main)) return undefined;
  const url = `http://127.0.0.1:${port}`;
  return {
    name,
    port,
    url,
    command: {
      file: process.execPath,
      args: [...SERVICE_NODE_FLAGS, main],
      cwd: REPOSITORY,
      env: { ...env, PORT: String(port) },
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 45_000,
    startDeadlineMs: 60_000,
    async prepare() {},
    async isReady() {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) });
      await answer.arrayBuffer();
      return answer.ok;
    },
  };
}
