import type { Fact, WebhookStatus } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type Applied, applyToPayments } from './apply-to-payments.js';
import { deferWebhooks } from './defer-webhooks.js';
import { type LookedAtRef, noteLookedAt, readDueRefs } from './due-refs.js';
import { type FoundWaiting, findUnmatched, type UnmatchedWebhook } from './find-unmatched.js';
import { idsWaitedFor, type RefKey } from './object-ref.js';
import { readSealedBodies } from './read-sealed-bodies.js';
import type { Report, Verdict } from './report.js';
import { settleWebhooks, type WebhookSettlement } from './settle-webhooks.js';

/** A webhook that waits, with its body as the ingress sealed it. */
export interface WaitingWebhook extends UnmatchedWebhook {
  readonly sealedBody: Buffer;
}

/** What a waiting webhook says: its facts, another end that it takes without any, or why it has to wait on. */
export type WaitingReading =
  | { readonly facts: readonly Fact[] }
  | { readonly status: Extract<WebhookStatus, 'FAILED' | 'VERIFYING'>; readonly error: string | null }
  | { readonly waitsOn: Error };

/** Opens and reads a webhook that waited; given by the caller, who has the keys and knows the gateways. */
export type ReadWaiting = (webhook: WaitingWebhook) => WaitingReading;

export interface SettleWaitingOptions {
  readonly readWaiting: ReadWaiting;
  /** In one transaction. */
  readonly webhooksMax?: number;
  /** Of bodies opened in one transaction; a larger one is alone. */
  readonly bytesMax?: number;
  /** After so long one is tried again that has to wait on although its payment is known. */
  readonly retryMs?: number;
}

/** What settling did; nothing of it counts until the transaction commits. */
export interface SettledWaiting extends Pick<Applied, 'changes' | 'outboxShards'> {
  readonly settled: readonly SettledWebhook[];
  /** Those that have to wait on, and why. */
  readonly deferred: readonly DeferredWebhook[];
  /** There may be more to do at once. */
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
 * Applies webhooks that waited for refs which have been claimed, a bounded number of them. To be called after
 * commits that claimed awaited refs (`Applied.claimedAwaited`) and by timer, until there is no `more`: a claimant
 * only marks what it claims. Refs take turns, so that what waits for one payment keeps no other waiting. What is claimed here
 * in turn is marked the same way, so a chain is followed a link a transaction.
 *
 * One at a time over all processes; who comes second finds nothing to do.
 *
 * @throws VersionConflictError, or SQLSTATE 40P01, if another transaction was first: roll back and run again
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
  const ended = [
    ...read.ended,
    ...read.reported.map(({ webhook }, index) => endOf(webhook, verdicts[index])),
  ];
  const settled = ended.filter((one) => 'settlement' in one);
  const deferred = ended.filter((one) => 'error' in one);
  await settleWebhooks(
    em,
    settled.map(({ settlement }) => settlement),
  );
  const reasons = deferred.map(({ webhook, error }) => ({
    webhookId: webhook.webhookId,
    error: error.message,
  }));
  await deferWebhooks(em, reasons, retryMs);
  const looked = lookedAt(due, found, { taken, isFull: found.length === webhooksMax });
  // Each webhook has claimed its own ids just now, and mostly was the only one that waited for them.
  const claimed = Array.from(claimedAwaited, (ref) => ({ ref, isCut: false }));
  const dueAgain = await noteLookedAt(em, [...looked, ...claimed]);
  const more = dueAgain > 0 || looked.length < due.length || due.length === REFS_MAX;
  return { settled, deferred, changes, outboxShards, more };
}

async function isOurTurn(em: EntityManager): Promise<boolean> {
  const [row]: { ours: boolean }[] = await em.query(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('payments:settle-waiting', 0)) AS ours`,
  );
  return row?.ours === true;
}

/** Each once, in the order in which they came: of facts of one moment the first is then applied first. */
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
  if (verdict === undefined || verdict.status === 'UNMATCHED') {
    return {
      webhook,
      error: new Error('the ref that it waits for was claimed, but its payment is not found'),
    };
  }
  const error = verdict.status === 'FAILED' ? verdict.error : null;
  return settledAs(webhook, { status: verdict.status, paymentIntentId: verdict.paymentIntentId, error });
}

function settledAs(
  webhook: UnmatchedWebhook,
  { status, paymentIntentId, error }: Omit<WebhookSettlement, 'webhookId'>,
): SettledWebhook {
  return { webhook, settlement: { webhookId: webhook.webhookId, status, paymentIntentId, error } };
}

/** Those before the one where the look-up was full, and that one; the others have not had their turn. */
function lookedAt(
  due: readonly RefKey[],
  found: readonly FoundWaiting[],
  { taken, isFull }: { readonly taken: readonly FoundWaiting[]; readonly isFull: boolean },
): LookedAtRef[] {
  const lastAt = isFull ? due.indexOf(found.at(-1)?.ref ?? '') : due.length - 1;
  const left = new Set(found.filter((one) => !taken.includes(one)).map(({ ref }) => ref));
  return due
    .slice(0, lastAt + 1)
    .map((ref, at) => ({ ref, isCut: left.has(ref) || (isFull && at === lastAt) }));
}
