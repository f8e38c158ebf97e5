import type { CommandedPayment, IntentId, IntentRowId } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { appendOutbox } from '../outbox/append-outbox.js';
import { findIntents } from '../payments/find-intents.js';
import { loadPaymentsForUpdate } from '../payments/load-payments.js';
import type { PaymentChange } from '../payments/payment-change.js';
import { savePayments } from '../payments/save-payments.js';
import { pipelined } from '../statements/pipelined.js';
import { type CommandEntry, commandOf } from './command-entry.js';
import { type CommandRow, insertCommands, knownCommands } from './command-rows.js';
import { createCommanded } from './create-commanded.js';
import { type DecidedCommand, foldEntries, type Subject } from './fold-entries.js';
import { insertGatewayRequests, readOpenRequests } from './gateway-requests.js';
import { outboxOf } from './outbox-of-commands.js';
import { noteReusedIds } from './reused-ids.js';

/** What applying commands did; nothing of it counts until the transaction commits. */
export interface AppliedCommands {
  /** The commands that were new, with their outcomes. */
  readonly decided: readonly DecidedCommand[];
  /** Decided before: their outcomes are known and told already. */
  readonly repeated: readonly CommandEntry[];
  /** Another content under an id that was decided before: COMMAND_ID_REUSED. Only that it came is noted. */
  readonly reused: readonly CommandEntry[];
  /** The payments that others see changed or created. */
  readonly changes: readonly PaymentChange[];
  /** Where records were left: wake the relay for them after the commit. */
  readonly outboxShards: ReadonlySet<number>;
}

/**
 * Applies commands to payments, each id once: whole batches in a fixed number of statements. Creates the intents
 * that are to be created, locks those that exist in the order of their ids, decides the commands of each in the order
 * given, and writes intents, outcomes, requests to gateways, and what is to be told of all that.
 *
 * Run it in a transaction, at READ COMMITTED, before other locks are taken.
 *
 * @param now in milliseconds since the epoch
 * @throws VersionConflictError, or SQLSTATE 40P01, if another transaction was first: roll back and run again
 */
export async function applyCommands(
  em: EntityManager,
  entries: readonly CommandEntry[],
  now: number,
): Promise<AppliedCommands> {
  const { fresh, repeated, reused } = await sortOut(em, entries);
  const byIntent = Map.groupBy(fresh, ({ intentId }) => intentId);
  const found = await findIntents(em, [...byIntent.keys()]);
  const creations = await createCommanded(em, commandsOfUnknown(byIntent, found), now);
  const subjects = await loadSubjects(em, found);
  const folded = Array.from(byIntent, ([intentId, ofIntent]) =>
    foldEntries(subjects.get(intentId) ?? { kind: 'none' }, ofIntent, { creations, now }),
  );
  const decided = folded.flatMap((one) => one.decided);
  const changes = folded.flatMap(({ change }) => change ?? []);
  const [, , shards, toldAgain] = await pipelined([
    insertCommands(
      em,
      decided.map((one) => rowOf(one, now)),
    ),
    insertGatewayRequests(
      em,
      decided.flatMap((one) => requestsOf(one, now)),
    ),
    savePayments(
      em,
      changes,
      decided.flatMap((one) => outboxOf(one, now)),
    ),
    // After the insertions: the first under its id may be of this batch.
    noteReusedIds(
      em,
      reused.map(({ commandId }) => commandId),
      now,
    ),
  ]);
  const outboxShards = new Set([...shards, ...(await appendOutbox(em, toldAgain))]);
  return { decided, repeated, reused, changes, outboxShards };
}

/** Each id once; what comes again is told apart by what it wants. */
async function sortOut(
  em: EntityManager,
  entries: readonly CommandEntry[],
): Promise<Record<'fresh' | 'repeated' | 'reused', CommandEntry[]>> {
  const hashes = await knownCommands(em, [...new Set(entries.map(({ commandId }) => commandId))]);
  const sorted = { fresh: [], repeated: [], reused: [] } as Record<
    'fresh' | 'repeated' | 'reused',
    CommandEntry[]
  >;
  for (const entry of entries) {
    const known = hashes.get(entry.commandId);
    if (known === undefined) {
      hashes.set(entry.commandId, entry.requestHash);
      sorted.fresh.push(entry);
    } else sorted[known.equals(entry.requestHash) ? 'repeated' : 'reused'].push(entry);
  }
  return sorted;
}

function commandsOfUnknown(
  byIntent: ReadonlyMap<IntentId, readonly CommandEntry[]>,
  found: ReadonlyMap<string, unknown>,
) {
  const unknown = Array.from(byIntent).filter(([intentId]) => !found.has(intentId));
  return new Map(
    unknown.map(([intentId, entries]) => [intentId, entries.flatMap((entry) => commandOf(entry) ?? [])]),
  );
}

async function loadSubjects(
  em: EntityManager,
  found: ReadonlyMap<string, { readonly paymentIntentId: string }>,
): Promise<Map<string, Subject>> {
  const ids = Array.from(found.values(), ({ paymentIntentId }) => paymentIntentId);
  const payments = await loadPaymentsForUpdate(em, ids);
  const requests = await readOpenRequests(em, [...payments.keys()]);
  return new Map(
    Array.from(found, ([intentId, { paymentIntentId }]): [string, Subject] => {
      const loaded = payments.get(paymentIntentId);
      if (loaded === undefined) return [intentId, { kind: 'archived' }];
      const payment: CommandedPayment = { ...loaded.payment, requests: requests.get(paymentIntentId) ?? [] };
      return [intentId, { kind: 'loaded', loaded, payment }];
    }),
  );
}

function rowOf(
  { entry, rejection, paymentIntentId, intentVersion }: DecidedCommand,
  now: number,
): CommandRow {
  const { commandId, type, intentId, sender, requestHash, receivedAt } = entry;
  return {
    commandId,
    type,
    intentId,
    sender,
    requestHash,
    receivedAt,
    paymentIntentId,
    intentVersion,
    outcome: rejection === null ? 'DONE' : 'REJECTED',
    code: rejection?.code ?? null,
    detail: rejection?.detail ?? null,
    decidedAt: now,
  };
}

function requestsOf({ entry, calls, paymentIntentId }: DecidedCommand, now: number) {
  const { commandId, content } = entry;
  const notAfter = 'code' in content ? null : content.notAfter;
  return calls.map((call) => ({
    commandId,
    call,
    requestedAt: now,
    notAfter,
    paymentIntentId: paymentIntentId as IntentRowId,
  }));
}
