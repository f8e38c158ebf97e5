import type { Fact, IntentId } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type Applied, applyToPayments } from './apply-to-payments.js';
import { deferWebhooks } from './defer-webhooks.js';
import type { VerifyingWebhook } from './lease-verifying.js';
import { idsWaitedFor } from './object-ref.js';
import type { Verdict } from './report.js';
import { settleWebhooks } from './settle-webhooks.js';

/** What a gateway shows of the payment that a webhook was about. */
export interface ShownByGateway {
  readonly objectIds: readonly string[];
  readonly intentId: IntentId | null;
  readonly facts: readonly Fact[];
}

/** What settling did; nothing of it counts until the transaction commits. */
export interface SettledVerified extends Pick<Applied, 'changes' | 'outboxShards'> {
  readonly verdict: Verdict;
}

/**
 * Applies what the gateway shows, and with it ends the webhook. One whose payment is not known yet waits for it, and
 * is verified once more when it is.
 *
 * @throws VersionConflictError if another transaction ended it first, or as `applyToPayments`: roll back
 */
export async function settleVerified(
  em: EntityManager,
  { webhookId, provider, source, objectIds }: VerifyingWebhook,
  shown: ShownByGateway,
): Promise<SettledVerified> {
  // Its own object first, as the webhook had it: by that it is verified again.
  const named = idsWaitedFor(objectIds);
  const report = {
    provider,
    source,
    facts: shown.facts,
    objectIds: [...named.objectIds, ...shown.objectIds],
    intentId: shown.intentId,
  };
  const { verdicts, changes, outboxShards } = await applyToPayments(em, [report]);
  const [verdict] = verdicts;
  if (verdict === undefined) throw new Error('a report without a verdict');
  const { status, paymentIntentId } = verdict;
  const settlement = {
    webhookId,
    status,
    paymentIntentId,
    error: status === 'FAILED' ? verdict.error : null,
    ...(status === 'UNMATCHED' && { objectIds: verdict.waitsFor }),
  };
  await settleWebhooks(em, [settlement], 'VERIFYING');
  return { verdict, changes, outboxShards };
}

/** Ends a webhook that its gateway does not bear out. @throws VersionConflictError as `settleVerified` */
export async function refuseVerifying(
  em: EntityManager,
  { webhookId }: VerifyingWebhook,
  error: string,
): Promise<void> {
  await settleWebhooks(em, [{ webhookId, status: 'FAILED', paymentIntentId: null, error }], 'VERIFYING');
}

/** Lets a webhook be verified again after `retryMs`; until then its row says why it still waits. */
export async function deferVerifying(
  em: EntityManager,
  { webhookId }: VerifyingWebhook,
  { error, retryMs }: { readonly error: string; readonly retryMs: number },
): Promise<void> {
  await deferWebhooks(em, [{ webhookId, error }], retryMs, 'VERIFYING');
}
