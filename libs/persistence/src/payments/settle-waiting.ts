import type { Fact, WebhookStatus } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type Applied, applyToPayments } from './apply-to-payments.js';
import { deferWebhooks } from './defer-webhooks.js';
import { type CheckedRef, readDueRefs, rescheduleRefs } from './due-refs.js';
import { type FoundWaiting, findUnmatched, type UnmatchedWebhook } from './find-unmatched.js';
import { idsWaitedFor, type RefKey } from './object-ref.js';
import { readSealedBodies } from './read-sealed-bodies.js';
import type { Report, Verdict } from './report.js';
import { settleWebhooks, type WebhookSettlement } from './settle-webhooks.js';

/** A waiting webhook, with its sealed body. */
export interface WaitingWebhook extends UnmatchedWebhook {
  readonly sealedBody: Buffer;
}

/** The result of reading a waiting webhook: its facts, its final status without any, or why it has to keep waiting. */
export type WaitingReading =
  | { readonly facts: readonly Fact[] }
  | { readonly status: Extract<WebhookStatus, 'FAILED' | 'VERIFYING'>; readonly error: string | null }
  | { readonly waitsOn: Error };

/** Unseals and reads a waiting webhook. Provided by the caller, which has the keys and the gateways' formats. */
export type ReadWaiting = (webhook: WaitingWebhook) => WaitingReading;

export interface SettleWaitingOptions {
  readonly readWaiting: ReadWaiting;
  /** Limit of webhooks in one transaction. */
  readonly webhooksMax?: number;
  /** Limit of sealed bodies in one transaction; a larger one is read alone. */
  readonly bytesMax?: number;
  /** Milliseconds until a webhook that has to keep waiting, although its payment is known, is tried again. */
  readonly retryMs?: number;
}

/** The result of settling; valid once the transaction commits. */
export interface SettledWaiting extends Pick<Applied, 'changes' | 'outboxShards'> {
  readonly settled: readonly SettledWebhook[];
  /** Those that have to keep waiting, and why. */
  readonly deferred: readonly DeferredWebhook[];
  /** Whether more webhooks may be due: call again. */
  readonly more: boolean;
}

export interface SettledWebhook {
  readonly webhook: UnmatchedWebhook;
  readonly settlement: WebhookSettlement;
}

export interface DeferredWebhook {
  readonly webhook: UnmatchedWebhook;
  readonly error: Error;
}

const REFS_MAX = 64;
const WEBHOOKS_MAX = 256;
const BYTES_MAX = 8 * 1024 * 1024;
const RETRY_MS = 5 * 60_000;

const NOTHING: SettledWaiting = {
  settled: [],
  deferred: [],
  changes: [],
  outboxShards: new Set(),
  more: false,
};

/**
 * Applies a bounded number of webhooks that waited for refs which have been claimed since. Call it after commits that
 * claimed awaited refs (`Applied.claimedAwaited`) and by timer, until there is no `more`. Refs take turns, so that many
 * webhooks of one payment do not delay those of others. Refs that are claimed here are marked too, so that a chain of
 * waiting webhooks is settled one link per transaction.
 *
 * Only one process runs it at a time; a concurrent call returns at once.
 *
 * @throws VersionConflictError, or SQLSTATE 40P01, after a conflict with another transaction: roll back and retry
 */
export async function settleWaiting(
  em: EntityManager,
  { readWaiting, webhooksMax = WEBHOOKS_MAX, bytesMax = BYTES_MAX, retryMs = RETRY_MS }: SettleWaitingOptions,
): Promise<SettledWaiting> {
  if (!(await isOurTurn(em))) return NOTHING;
  const due = await readDueRefs(em, REFS_MAX);
  if (due.length === 0) return NOTHING;
  const found = await findUnmatched(em, due, webhooksMax);
  const bodies = await readSealedBodies(em, webhooksOf(found), bytesMax);
  const taken = found.filter(({ webhook }) => bodies.get(webhook.webhookId) !== null);
  const read = readAll(webhooksOf(taken), bodies, readWaiting);
  const { verdicts, changes, outboxShards, claimedAwaited } = await applyToPayments(
    em,
    read.reported.map(({ report }) => report),
  );
  const ends = [...read.ended, ...read.reported.map(({ webhook }, index) => endOf(webhook, verdicts[index]))];
  const { settled, deferred } = await writeEnds(em, ends, retryMs);
  const checked = checkedRefs(due, found, { taken, isFull: found.length === webhooksMax });
  // Claimed just now by the webhooks themselves, which mostly were the only ones that waited for them.
  const claimed = Array.from(claimedAwaited, (ref) => ({ ref, mayHaveMore: false }));
  const dueAgain = await rescheduleRefs(em, [...checked, ...claimed]);
  const more = dueAgain > 0 || checked.length < due.length || due.length === REFS_MAX;
  return { settled, deferred, changes, outboxShards, more };
}

async function isOurTurn(em: EntityManager): Promise<boolean> {
  const [row]: { ours: boolean }[] = await em.query(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('payments:settle-waiting', 0)) AS ours`,
  );
  return row?.ours === true;
}

/** Writes the ends of webhooks: those that keep waiting are tried again after `retryMs`. */
async function writeEnds(
  em: EntityManager,
  ends: readonly (SettledWebhook | DeferredWebhook)[],
  retryMs: number,
): Promise<Pick<SettledWaiting, 'settled' | 'deferred'>> {
  const settled = ends.filter((one) => 'settlement' in one);
  const deferred = ends.filter((one) => 'error' in one);
  await settleWebhooks(
    em,
    settled.map(({ settlement }) => settlement),
  );
  const reasons = deferred.map(({ webhook, error }) => ({
    webhookId: webhook.webhookId,
    error: error.message,
  }));
  await deferWebhooks(em, reasons, retryMs);
  return { settled, deferred };
}

/** Each once, in the order of arrival, so that facts with equal times are applied in that order. */
function webhooksOf(found: readonly FoundWaiting[]): UnmatchedWebhook[] {
  const webhooks = [...new Map(found.map(({ webhook }) => [webhook.webhookId, webhook])).values()];
  return webhooks.sort(({ kafka: a }, { kafka: b }) => a.offset - b.offset || a.partition - b.partition);
}

interface ReadAll {
  readonly reported: { readonly webhook: UnmatchedWebhook; readonly report: Report }[];
  readonly ended: (SettledWebhook | DeferredWebhook)[];
}

function readAll(
  webhooks: readonly UnmatchedWebhook[],
  bodies: ReadonlyMap<string, Buffer | null>,
  readWaiting: ReadWaiting,
): ReadAll {
  const { reported, ended }: ReadAll = { reported: [], ended: [] };
  for (const webhook of webhooks) {
    const sealedBody = bodies.get(webhook.webhookId) ?? null;
    const reading: WaitingReading =
      sealedBody === null
        ? { status: 'FAILED', error: 'its body was dropped at the end of the retention' }
        : readWaiting({ ...webhook, sealedBody });
    if ('waitsOn' in reading) ended.push({ webhook, error: reading.waitsOn });
    else if ('status' in reading) ended.push(settledAs(webhook, { ...reading, paymentIntentId: null }));
    else {
      const { provider, source, objectIds } = webhook;
      reported.push({
        webhook,
        report: { provider, source, ...idsWaitedFor(objectIds), facts: reading.facts },
      });
    }
  }
  return { reported, ended };
}

function endOf(webhook: UnmatchedWebhook, verdict: Verdict | undefined): SettledWebhook | DeferredWebhook {
  // A dispute over several payments, of which some are known by now, waits for the others alone.
  if (verdict?.status === 'UNMATCHED' && webhook.objectIds.some((id) => !verdict.waitsFor.includes(id))) {
    const { status, paymentIntentId, waitsFor: objectIds } = verdict;
    return settledAs(webhook, { status, paymentIntentId, objectIds, error: null });
  }
  if (verdict === undefined || verdict.status === 'UNMATCHED') {
    return {
      webhook,
      error: new Error('the ref that it waits for was claimed, but its payment is not found'),
    };
  }
  const error = verdict.status === 'FAILED' ? verdict.error : null;
  return settledAs(webhook, { status: verdict.status, paymentIntentId: verdict.paymentIntentId, error });
}

function settledAs(webhook: UnmatchedWebhook, end: Omit<WebhookSettlement, 'webhookId'>): SettledWebhook {
  return { webhook, settlement: { webhookId: webhook.webhookId, ...end } };
}

/** The refs up to the one at which the search reached its limit; those after it have not been searched. */
function checkedRefs(
  due: readonly RefKey[],
  found: readonly FoundWaiting[],
  { taken, isFull }: { readonly taken: readonly FoundWaiting[]; readonly isFull: boolean },
): CheckedRef[] {
  const lastAt = isFull ? due.indexOf(found.at(-1)?.ref ?? '') : due.length - 1;
  const left = new Set(found.filter((one) => !taken.includes(one)).map(({ ref }) => ref));
  return due
    .slice(0, lastAt + 1)
    .map((ref, at) => ({ ref, mayHaveMore: left.has(ref) || (isFull && at === lastAt) }));
}
