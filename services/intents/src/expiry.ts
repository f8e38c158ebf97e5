import { createHash } from 'node:crypto';
import { type CommandId, uuidv7 } from '@payments/domain';
import {
  type AppliedCommands,
  applyCommands,
  type CommandEntry,
  type Database,
  type DueIntent,
  type DueOptions,
  findDueIntents,
} from '@payments/persistence';
import { sleep } from '@payments/runtime';
import { disposition } from '@payments/worker';
import type { ApplyCommandDeps } from './handlers/apply-command.js';
import { PassedOver } from './passed-over.js';

export interface ExpiryOptions extends Pick<ApplyCommandDeps, 'events' | 'tell'> {
  readonly database: Pick<Database, 'transaction'>;
  readonly intervalMs: number;
}

/** Per transaction: their locks are held to its end, and commands on them wait. */
const BATCH_COUNT_MAX = 100;

/**
 * Expires intents whose `expiresAt` has passed. The commands are decided here, by the same code and with the same
 * rows as those of the topic, and not sent through it: there each tick would add them again for as long as the topic
 * has a backlog. Instances share the work, since each skips what another has locked.
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
  const passedOver = new PassedOver();
  while (!signal.aborted) {
    try {
      await expireDue(options, passedOver, signal);
    } catch (error) {
      options.events.expiryFailed(error);
    }
    await sleep(options.intervalMs, signal).catch(() => {});
  }
}

/** Expires all that are due. A batch that fails is split until the culprit is isolated, which is then skipped. */
async function expireDue(options: ExpiryOptions, passedOver: PassedOver, signal: AbortSignal): Promise<void> {
  let countMax = BATCH_COUNT_MAX;
  while (!signal.aborted) {
    const now = Date.now();
    const batch = await tryBatch(options, now, { countMax, except: passedOver.at(now) });
    if ('applied' in batch) {
      // A full batch means that there may be more.
      if ((await told(options, batch.applied)) < countMax) return;
      continue;
    }
    const { error, due } = batch;
    const [culprit] = due;
    if (culprit === undefined || !isOfOneIntent(error)) throw error;
    if (due.length === 1) {
      if (!passedOver.add(culprit.intentId, now)) throw error;
      options.events.notExpired(culprit.intentId, error);
    }
    countMax = due.length === 1 ? BATCH_COUNT_MAX : Math.ceil(due.length / 2);
  }
}

type Batch =
  | { readonly applied: AppliedCommands | undefined }
  | { readonly error: unknown; readonly due: Due };
type Due = readonly DueIntent[];

async function tryBatch({ database }: ExpiryOptions, now: number, which: DueOptions): Promise<Batch> {
  let due: Due = [];
  try {
    const applied = await database.transaction(async (em) => {
      due = await findDueIntents(em, now, which);
      if (due.length === 0) return undefined;
      return applyCommands(
        em,
        due.map((intent) => entryOf(intent, now)),
        now,
      );
    });
    return { applied };
  } catch (error) {
    return { error, due };
  }
}

/** @returns the number of expired intents */
async function told({ events, tell }: ExpiryOptions, applied: AppliedCommands | undefined): Promise<number> {
  if (applied === undefined) return 0;
  events.expired(applied);
  await tell(applied);
  return applied.changes.length;
}

/** Whether a smaller batch may succeed: an unavailable database or a conflict fails every batch. */
function isOfOneIntent(error: unknown): boolean {
  const { kind } = disposition(error);
  return kind === 'row' || kind === 'passing';
}

/**
 * Random: the row is locked, so no duplicate can arise, and a derived id would stay taken after an expiry that was
 * rejected.
 */
function entryOf({ intentId }: DueIntent, now: number): CommandEntry {
  const commandId = uuidv7(now) as CommandId;
  return {
    commandId,
    type: 'expire',
    intentId,
    sender: 'intents',
    receivedAt: now,
    requestHash: createHash('sha256').update(commandId).digest(),
    content: { type: 'expire', commandId, intentId, notAfter: null },
  };
}
