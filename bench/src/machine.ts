import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Time and machine of a measurement, for the results that are checked in. */
export function machine(): { measuredAt: string; node: string; cpu: string | undefined; cores: number } {
  return {
    measuredAt: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
  };
}

const SAMPLE_MS = 1_000;

/** The share of all cores that other processes take at present, from 0 to 1: the next measurement has the rest. */
export async function busyShare(): Promise<number> {
  const before = cpuTimes();
  await delay(SAMPLE_MS);
  const after = cpuTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

export interface BusyBefore {
  /** The share of all cores that other processes took just before the measurement, from 0 to 1. */
  readonly busyBefore: number;
}

export async function withBusyBefore<T>(measure: () => Promise<T>): Promise<T & BusyBefore> {
  const busyBefore = await busyShare();
  return { ...(await measure()), busyBefore };
}

function cpuTimes(): { idle: number; all: number } {
  const times = cpus().map((one) => one.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { idle: times.reduce((sum, { idle }) => sum + idle, 0), all };
}
