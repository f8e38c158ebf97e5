import {
  type Fact,
  type FactOnLeg,
  type IntentRowId,
  onLeg,
  strongestOutcome,
  type WebhookStatus,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { claimRefs } from './claim-refs.js';
import type { UnmatchedWebhook } from './find-unmatched.js';
import { foldReports, type LocatedReport } from './fold-reports.js';
import { loadPaymentsForUpdate } from './load-payments.js';
import { type Located, locateReports } from './locate-reports.js';
import { type Owner, refKeyOf } from './object-ref.js';
import type { PaymentChange } from './payment-change.js';
import { preferIndexes } from './prefer-indexes.js';
import { readSealedBodies } from './read-sealed-bodies.js';
import type { FailedVerdict, Report, Verdict } from './report.js';
import type { Resolved } from './resolve-owners.js';
import { savePayments } from './save-payments.js';
import { settleWebhooks, type WebhookSettlement } from './settle-webhooks.js';

/** A webhook that waits, with its body as the ingress sealed it. */
export interface WaitingWebhook extends UnmatchedWebhook {
  readonly sealedBody: Buffer;
}

/** What a waiting webhook says: its facts, or another end that it takes without any. */
export type WaitingReading =
  | { readonly facts: readonly Fact[] }
  | { readonly status: Extract<WebhookStatus, 'FAILED' | 'VERIFYING'>; readonly error: string | null };

/**
 * Opens and reads a webhook that waited; given by the caller, who has the keys and knows the gateways. Its own
 * fault is an answer (`FAILED`), ours (a missing key) is thrown.
 */
export type ReadWaiting = (webhook: WaitingWebhook) => WaitingReading;

/** What applying reports did; nothing of it counts until the transaction commits. */
export interface Applied {
  /** One for each report, in order. */
  readonly verdicts: readonly Verdict[];
  /** Webhooks that had waited and were settled now. */
  readonly settled: readonly SettledWebhook[];
  /** The payments that reports were about, as they were and as they are. */
  readonly changes: readonly PaymentChange[];
  /** Where events were left: wake the relay for them after the commit. */
  readonly outboxShards: ReadonlySet<number>;
}

export interface SettledWebhook {
  readonly webhook: UnmatchedWebhook;
  readonly settlement: WebhookSettlement;
}

interface Entry extends LocatedReport {
  readonly paymentIntentId: IntentRowId;
  readonly settle: (verdict: Verdict) => void;
}

/**
 * Applies what is told of payments: the one path by which facts become rows, whoever brings them. Finds the
 * payments, locks them in the order of their ids, decides, and writes intents, legs, transactions, refs and
 * events, in a fixed number of statements for any number of reports. Webhooks that had waited for a ref that is
 * claimed here are applied in the same transaction, all facts of a payment in the order of the gateway's time.
 *
 * Run it in a transaction, at READ COMMITTED, before other locks are taken.
 *
 * @throws VersionConflictError, or SQLSTATE 40P01, if another transaction was first: roll back and run again
 */
export async function applyToPayments(
  em: EntityManager,
  reports: readonly Report[],
  { readWaiting }: { readonly readWaiting: ReadWaiting },
): Promise<Applied> {
  await preferIndexes(em);
  const located = await locateReports(em, reports);
  const verdicts: Verdict[] = [];
  const settled: SettledWebhook[] = [];
  const entries = reports.flatMap((report, index) => {
    const settle = (verdict: Verdict): void => {
      verdicts[index] = verdict;
    };
    return entryOf(located, report, located.reports[index] ?? null, settle) ?? [];
  });
  entries.push(...(await waitingEntries(em, located, settled, readWaiting)));
  const changes = await decide(em, entries);
  const outboxShards = await savePayments(em, changes);
  await claimRefs(em, located.claims);
  await settleWebhooks(
    em,
    settled.map(({ settlement }) => settlement),
  );
  return { verdicts, settled, changes, outboxShards };
}

function entryOf(
  { ownerOf }: Pick<Located, 'ownerOf'>,
  report: Report,
  resolved: Resolved | string,
  settle: Entry['settle'],
): Entry | undefined {
  if (resolved === null) {
    settle({ status: 'UNMATCHED', paymentIntentId: null });
    return undefined;
  }
  if (typeof resolved === 'string') {
    settle(failed(resolved));
    return undefined;
  }
  if ('conflict' in resolved) {
    settle(failed(`its ids belong to ${resolved.conflict.length} payments: ${resolved.conflict.join(', ')}`));
    return undefined;
  }
  return {
    report,
    paymentIntentId: resolved.paymentIntentId as IntentRowId,
    facts: report.facts.map((fact) => onLegOf(fact, resolved, ownerOf)),
    settle,
  };
}

/** The leg of the fact's own object, else of one named beside it, else of the report. */
function onLegOf(fact: Fact, owner: Owner, ownerOf: Located['ownerOf']): FactOnLeg {
  const own = [fact.objectId, ...fact.relatedIds]
    .map((id) => ownerOf(refKeyOf(fact.provider, id)))
    .find((found) => found?.paymentIntentId === owner.paymentIntentId);
  return onLeg(fact, own?.leg ?? owner.leg);
}

async function waitingEntries(
  em: EntityManager,
  located: Located,
  settled: SettledWebhook[],
  readWaiting: ReadWaiting,
): Promise<Entry[]> {
  const { waiting } = located;
  const bodies = await readSealedBodies(
    em,
    waiting.map(({ webhook }) => webhook),
  );
  return waiting.flatMap(({ webhook, resolved }) => {
    const settle = (
      verdict: Pick<WebhookSettlement, 'status' | 'paymentIntentId'> & { error?: string | null },
    ) => {
      const { status, paymentIntentId, error = null } = verdict;
      settled.push({ webhook, settlement: { webhookId: webhook.webhookId, status, paymentIntentId, error } });
    };
    const sealedBody = bodies.get(webhook.webhookId);
    if (sealedBody === undefined) {
      settle(failed('its body was dropped at the end of the retention'));
      return [];
    }
    const reading = readWaiting({ ...webhook, sealedBody });
    if ('status' in reading) {
      settle({ ...reading, paymentIntentId: null });
      return [];
    }
    const { provider, source, objectIds } = webhook;
    const report: Report = { provider, source, objectIds, intentId: null, facts: reading.facts };
    return entryOf(located, report, resolved, settle) ?? [];
  });
}

async function decide(em: EntityManager, entries: readonly Entry[]): Promise<PaymentChange[]> {
  const byPayment = Map.groupBy(entries, ({ paymentIntentId }) => paymentIntentId);
  const payments = await loadPaymentsForUpdate(em, [...byPayment.keys()]);
  const changes: PaymentChange[] = [];
  for (const [paymentIntentId, ofPayment] of byPayment) {
    const before = payments.get(paymentIntentId);
    if (before === undefined) {
      const verdict = failed(
        `payment ${paymentIntentId} has no row: its partition is archived`,
        paymentIntentId,
      );
      for (const { settle } of ofPayment) settle(verdict);
      continue;
    }
    const inTime = ofPayment.toSorted((a, b) => timeOf(a) - timeOf(b));
    const { change, outcomes } = foldReports(before, inTime);
    changes.push(change);
    inTime.forEach(({ settle }, index) => {
      settle(verdictOf(outcomes[index] ?? [], paymentIntentId));
    });
  }
  return changes;
}

function verdictOf(
  outcome: ReturnType<typeof foldReports>['outcomes'][number],
  paymentIntentId: IntentRowId,
): Verdict {
  if (outcome instanceof Error) return failed(outcome.message, paymentIntentId);
  const decisions = outcome as Exclude<typeof outcome, Error>;
  return { status: strongestOutcome(decisions.map((one) => one.outcome)), paymentIntentId, decisions };
}

/** When the first of its facts happened, by the gateway's clock; a report without facts keeps no other waiting. */
function timeOf({ facts }: Entry): number {
  return facts.reduce((first, { occurredAt }) => Math.min(first, occurredAt), Number.MAX_SAFE_INTEGER);
}

function failed(error: string, paymentIntentId: IntentRowId | null = null): FailedVerdict {
  return { status: 'FAILED', paymentIntentId, error };
}
