import { createHash } from 'node:crypto';
import { type CommandId, uuidv7 } from '@payments/domain';
import {
  type AppliedCommands,
  applyCommands,
  type CommandEntry,
  type Database,
  type DueIntent,
  findDueIntents,
} from '@payments/persistence';
import { sleep } from '@payments/runtime';
import { type ApplyCommandDeps, tellChanges } from './handlers/apply-command.js';

export interface ExpiryOptions extends Pick<ApplyCommandDeps, 'cache' | 'events' | 'wakeRelay'> {
  readonly database: Pick<Database, 'transaction'>;
  readonly intervalMs: number;
}

/** In one transaction: their locks are held for its length, and commands on them wait. */
const BATCH_COUNT_MAX = 100;

/**
 * Ends intents whose `expiresAt` has passed. The commands are decided here, by the same code and with the same rows
 * as those of the topic, and not sent through it: there each tick would add them again for as long as the topic has
 * a backlog. Instances share the work, since each passes over what another has locked.
 *
 * @returns a function that stops it
 */
export function startExpiry(options: ExpiryOptions): { close(): Promise<void> } {
  const stop = new AbortController();
  const running = expireForEver(options, stop.signal);
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

async function expireForEver(options: ExpiryOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      // As long as batches are full there may be more.
      while (!signal.aborted && (await expireBatch(options)) === BATCH_COUNT_MAX);
    } catch (error) {
      options.events.expiryFailed(error);
    }
    await sleep(options.intervalMs, signal).catch(() => {});
  }
}

/** @returns how many were ended */
async function expireBatch(options: ExpiryOptions): Promise<number> {
  const now = Date.now();
  const applied = await options.database.transaction(async (em): Promise<AppliedCommands | undefined> => {
    const due = await findDueIntents(em, now, BATCH_COUNT_MAX);
    if (due.length === 0) return undefined;
    return applyCommands(
      em,
      due.map((intent) => entryOf(intent, now)),
      now,
    );
  });
  if (applied === undefined) return 0;
  options.events.expired(applied);
  await tellChanges(options, applied);
  return applied.changes.length;
}

/** Its id is drawn: the row is locked, and a computed one would be taken for good by an expiry that was refused. */
function entryOf({ intentId }: DueIntent, now: number): CommandEntry {
  const commandId = uuidv7(now) as CommandId;
  return {
    ...{ commandId, type: 'expire', intentId, sender: 'intents', receivedAt: now },
    requestHash: createHash('sha256').update(commandId).digest(),
    content: { type: 'expire', commandId, intentId, notAfter: null },
  };
}
