import type { Fact, IntentId } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { deferWebhooks } from './defer-webhooks.js';
import type { VerifyingWebhook } from './lease-verifying.js';
import { idsWaitedFor } from './object-ref.js';
import { type SettledByReport, settleByReport } from './settle-by-report.js';
import { settleWebhooks } from './settle-webhooks.js';

/** The payment of a webhook, as fetched from the gateway. */
export interface ShownByGateway {
  readonly objectIds: readonly string[];
  readonly intentId: IntentId | null;
  readonly facts: readonly Fact[];
}

/**
 * Applies the facts from the gateway, and with them settles the webhook. If its payment is unknown, it waits for that
 * and is then verified again.
 *
 * @throws VersionConflictError if another transaction settled it, or as `applyToPayments`: roll back
 */
export function settleVerified(
  em: EntityManager,
  { webhookId, provider, source, objectIds }: VerifyingWebhook,
  shown: ShownByGateway,
): Promise<SettledByReport> {
  const named = idsWaitedFor(objectIds);
  const report = {
    provider,
    source,
    facts: shown.facts,
    objectIds: [...named.objectIds, ...shown.objectIds],
    intentId: shown.intentId,
  };
  // A later verification fetches it.
  const [ownObjectId] = named.objectIds;
  return settleByReport(em, { webhookId, status: 'VERIFYING', ownObjectId }, report);
}

/** Settles a webhook that the gateway does not confirm as FAILED. @throws VersionConflictError as `settleVerified` */
export async function refuseVerifying(
  em: EntityManager,
  { webhookId }: VerifyingWebhook,
  error: string,
): Promise<void> {
  await settleWebhooks(em, [{ webhookId, status: 'FAILED', paymentIntentId: null, error }], 'VERIFYING');
}

/** Postpones the verification of a webhook by `retryMs`, and records in its row why it still waits. */
export async function deferVerifying(
  em: EntityManager,
  { webhookId }: VerifyingWebhook,
  { error, retryMs }: { readonly error: string; readonly retryMs: number },
): Promise<void> {
  await deferWebhooks(em, [{ webhookId, error }], retryMs, 'VERIFYING');
}
