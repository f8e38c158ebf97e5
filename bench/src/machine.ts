import { cpus } from 'node:os';

/** When and on what something was measured, for the results that are checked in. */
export function machine(): { measuredAt: string; node: string; cpu: string | undefined; cores: number } {
  return {
    measuredAt: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
  };
}
