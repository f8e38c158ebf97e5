import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive } from '../process-identity.js';
import { tailOf } from '../program.js';
import { type PartState, readState, type StackFiles, type StackState } from '../supervisor/state.js';

const LOOK_EVERY_MS = 100;
const START_MS_MAX = 300_000;
/** After so long without news, what goes on is told. */
const QUIET_MS_MAX = 5_000;
const END_MS_MAX = 180_000;
const WORTH_TELLING = ['ready', 'unhealthy', 'restarting', 'external'] as const;

/**
 * Resolves once everything answers, telling on the way what does, and what is waited for.
 *
 * @throws Error saying why it does not; whatever `signal` was aborted with, once it is
 */
export async function untilStarted(files: StackFiles, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const told = new Map<string, string>();
  let toldAt = startedAt;
  while (performance.now() - startedAt < START_MS_MAX) {
    const state = readState(files);
    const now = performance.now();
    if (state !== undefined) {
      const isNews = tellChanges(state, WORTH_TELLING, told, now - startedAt);
      const isQuiet = now - toldAt > QUIET_MS_MAX;
      if (isQuiet && !isNews) tellWhatGoesOn(state, now - startedAt);
      if (isNews || isQuiet) toldAt = now;
    }
    if (state?.phase === 'ready') return;
    if (state?.phase === 'failed') throw new Error(state.message ?? 'the stack did not start');
    if (state !== undefined && !supervisorRuns(state)) {
      throw new Error(`the supervisor ended:\n${tailOf(join(files.logs, 'supervisor.log'))}`);
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
  throw new Error(
    `the stack is not up after ${START_MS_MAX / 1000} s: see \`make status\` and \`make logs\``,
  );
}

/** Resolves once the supervisor is gone. @returns whether it went in time. */
export async function untilEnded(files: StackFiles): Promise<boolean> {
  const startedAt = performance.now();
  const told = new Map<string, string>();
  while (performance.now() - startedAt < END_MS_MAX) {
    const state = readState(files);
    if (state === undefined) return true;
    tellChanges(state, ['stopped'], told, performance.now() - startedAt);
    if (!supervisorRuns(state)) return true;
    await delay(LOOK_EVERY_MS);
  }
  return false;
}

/** Told by its id alone until it has written down when it started. */
function supervisorRuns({ supervisor }: StackState): boolean {
  return supervisor.startedAt === '' ? identityOf(supervisor.pid) !== undefined : isAlive(supervisor);
}

/** @returns whether there was anything to tell. */
function tellChanges(
  state: StackState,
  worthTelling: readonly PartState[],
  told: Map<string, string>,
  ms: number,
): boolean {
  let isNews = false;
  const width = Math.max(0, ...state.parts.map(({ name }) => name.length));
  for (const { name, state: now, port, detail } of state.parts) {
    const before = told.get(name);
    told.set(name, now);
    if (before === now || !worthTelling.includes(now)) continue;
    const where = now === 'ready' && port !== undefined ? ` on port ${port}` : '';
    const why = detail === undefined ? '' : ` (${detail})`;
    console.log(`  ${name.padEnd(width)} ${now}${where}${why}, ${seconds(ms)}`);
    isNews = true;
  }
  return isNews;
}

function tellWhatGoesOn({ message, parts }: StackState, ms: number): void {
  const starting = parts.filter(({ state }) => state === 'starting').map(({ name }) => `starting ${name}`);
  const goesOn = [...starting, ...(message === undefined ? [] : [message])];
  console.log(`  still ${goesOn.join('; ') || 'waiting'}, ${seconds(ms)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
