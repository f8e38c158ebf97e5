import type { EntityManager } from 'typeorm';
import { type Applied, applyToPayments } from './apply-to-payments.js';
import { asManyAsFit } from './object-ref.js';
import type { Report, Verdict } from './report.js';
import { settleWebhooks, type WaitingStatus } from './settle-webhooks.js';

/** What settling did; nothing of it counts until the transaction commits. */
export interface SettledByReport extends Pick<Applied, 'changes' | 'outboxShards'> {
  readonly verdict: Verdict;
}

/** A stored webhook that is not at its end. */
export interface OpenWebhook {
  readonly webhookId: string;
  readonly status: WaitingStatus;
  /** For its row, which keeps its own where they are left out. */
  readonly objectIds?: readonly string[];
  /** The gateway's object that it is about: its row names that first, also while it waits for others. */
  readonly ownObjectId?: string | undefined;
}

/**
 * Applies a report, and with it ends the webhook that it is of. One whose payment is not known waits for it.
 *
 * @throws VersionConflictError if the webhook has another status by now, or as `applyToPayments`: roll back
 */
export async function settleByReport(
  em: EntityManager,
  webhook: OpenWebhook,
  report: Report,
): Promise<SettledByReport> {
  const { verdicts, changes, outboxShards } = await applyToPayments(em, [report]);
  const [verdict] = verdicts;
  if (verdict === undefined) throw new Error('a report without a verdict');
  const { status, paymentIntentId } = verdict;
  const objectIds = status === 'UNMATCHED' ? waitingIds(webhook, verdict.waitsFor) : webhook.objectIds;
  const settlement = {
    webhookId: webhook.webhookId,
    status,
    paymentIntentId,
    error: status === 'FAILED' ? verdict.error : null,
    ...(objectIds && { objectIds }),
  };
  await settleWebhooks(em, [settlement], webhook.status);
  return { verdict, changes, outboxShards };
}

function waitingIds({ ownObjectId }: OpenWebhook, waitsFor: readonly string[]): readonly string[] {
  return ownObjectId === undefined ? waitsFor : asManyAsFit([...new Set([ownObjectId, ...waitsFor])]);
}
