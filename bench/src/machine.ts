import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** When and on what something was measured, for the results that are checked in. */
export function machine(): { measuredAt: string; node: string; cpu: string | undefined; cores: number } {
  return {
    measuredAt: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
  };
}

const LOOK_MS = 1_000;

/** The share of all cores that others take just now, from 0 to 1: what is measured next has the rest. */
export async function busyShare(): Promise<number> {
  const before = cpuTimes();
  await delay(LOOK_MS);
  const after = cpuTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

export interface Surroundings {
  /** The share of all cores that others took just before. */
  readonly busyBefore: number;
}

export async function among<T>(measure: () => Promise<T>): Promise<T & Surroundings> {
  const busyBefore = await busyShare();
  return { ...(await measure()), busyBefore };
}

function cpuTimes(): { idle: number; all: number } {
  const times = cpus().map((one) => one.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { idle: times.reduce((sum, { idle }) => sum + idle, 0), all };
}
