import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readIdentity } from '../lock.js';
import { isAlive, type ProcessIdentity, signal } from '../process-identity.js';

const PATIENCE_MS = 20_000;

export interface Leftover {
  readonly name: string;
  readonly identity: ProcessIdentity;
}

/** Recorded parts that run although their supervisor is gone. */
export function leftovers(pids: string): Leftover[] {
  if (!existsSync(pids)) return [];
  return readdirSync(pids).flatMap((file) => {
    const identity = readIdentity(join(pids, file));
    const name = file.replace(/\.json$/, '');
    return identity !== undefined && isAlive(identity) ? [{ name, identity }] : [];
  });
}

/**
 * Ends them: those that others need last, each with its own signal, killed after 20 s. Parts are asked by the
 * kernel to end when their supervisor dies, so that most are on their way out already.
 */
export async function endLeftovers(pids: string): Promise<void> {
  const needed = (name: string) => ['postgres', 'redis', 'kafka'].includes(name);
  for (const ofThisRound of [(name: string) => !needed(name), needed]) {
    const round = leftovers(pids).filter(({ name }) => ofThisRound(name));
    for (const { name, identity } of round) signal(identity, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    const deadline = performance.now() + PATIENCE_MS;
    while (round.some(({ identity }) => isAlive(identity)) && performance.now() < deadline) await delay(50);
    for (const { identity } of round) signal(identity, 'SIGKILL');
  }
  rmSync(pids, { recursive: true, force: true });
}
