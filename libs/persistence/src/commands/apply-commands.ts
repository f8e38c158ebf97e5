import { type CommandedPayment, deadlineOf, type IntentId, type IntentRowId } from '@payments/domain';
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

/** The result of applying commands; valid once the transaction commits. */
export interface AppliedCommands {
  /** The new commands, with their outcomes. */
  readonly decided: readonly DecidedCommand[];
  /** Decided before: their outcomes are stored and published. */
  readonly repeated: readonly CommandEntry[];
  /** Their ids were used before for another content: COMMAND_ID_REUSED. Only their arrival is recorded. */
  readonly reused: readonly CommandEntry[];
  /** The payments with changes that are visible to others. */
  readonly changes: readonly PaymentChange[];
  /** Shards with new records: wake the relay for them after the commit. */
  readonly outboxShards: ReadonlySet<number>;
}

/**
 * Applies a batch of commands to payments, each id once, in a fixed number of statements. Creates new intents, locks
 * existing ones in the order of their ids, decides the commands of each intent in the given order, and writes intents,
 * outcomes, requests to gateways and outbox records.
 *
 * Run it in a transaction, at READ COMMITTED, before other locks are taken.
 *
 * @param now in milliseconds since the epoch
 * @throws VersionConflictError, or SQLSTATE 40P01, after a conflict with another transaction: roll back and retry
 */
export async function applyCommands(
  em: EntityManager,
  entries: readonly CommandEntry[],
  now: number,
): Promise<AppliedCommands> {
  const { fresh, repeated, reused } = await deduplicate(em, entries);
  const byIntent = Map.groupBy(fresh, ({ intentId }) => intentId);
  const found = await findIntents(em, [...byIntent.keys()]);
  const creations = await createCommanded(em, commandsOfUnknown(byIntent, found), now);
  const subjects = await loadSubjects(em, found);
  const folded = Array.from(byIntent, ([intentId, ofIntent]) =>
    foldEntries(subjects.get(intentId) ?? { kind: 'none' }, ofIntent, { creations, now }),
  );
  const decided = folded.flatMap((one) => one.decided);
  const changes = folded.flatMap(({ change }) => change ?? []);
  const [, , shards, repeatedOutcomes] = await pipelined([
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
    // After the insertions: the first command with the id may be in this batch.
    noteReusedIds(
      em,
      reused.map(({ commandId }) => commandId),
      now,
    ),
  ]);
  const outboxShards = new Set([...shards, ...(await appendOutbox(em, repeatedOutcomes))]);
  return { decided, repeated, reused, changes, outboxShards };
}

/** Finds the first command of each new id. Others are repetitions, or have another content under the same id. */
async function deduplicate(
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

function requestsOf(decided: DecidedCommand, now: number) {
  const { entry, calls, paymentIntentId } = decided;
  return calls.map((call) => ({
    commandId: entry.commandId,
    call,
    requestedAt: now,
    notAfter: deadlineOf(call, decided),
    paymentIntentId: paymentIntentId as IntentRowId,
  }));
}
