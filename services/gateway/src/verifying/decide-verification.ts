import { type Fact, type FactName, factName } from '@payments/domain';
import type { GatewayAnswer, GatewayError } from '@payments/gateways';
import type { VerifyingWebhook } from '@payments/persistence';

/** The outcome of fetching the object of a webhook from the gateway. */
export type Finding =
  | { readonly kind: 'shown'; readonly answer: GatewayAnswer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unanswered'; readonly error: GatewayError };

/** The outcome for the webhook. */
export type Verification =
  /** Facts of the gateway's answer, whatever the webhook claimed. */
  | { readonly kind: 'apply'; readonly answer: GatewayAnswer }
  | { readonly kind: 'refuse'; readonly reason: string }
  | { readonly kind: 'again'; readonly reason: string; readonly retryMs: number };

/**
 * How long a gateway may take to show what its webhook reports: webhooks can be ahead of the API. After that the
 * webhook is rejected.
 */
export const PATIENCE_MS = 10 * 60_000;

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 60_000;
/** Limit of the Retry-After that is honoured. */
const RETRY_AFTER_MS_MAX = 60 * 60_000;

/** States in which an object may merely lag behind a webhook that reports more money. */
const UNDER_WAY: readonly FactName[] = [
  'processing',
  'refund_pending',
  'dispute_opened',
  'dispute_under_review',
];

export function decideVerification(
  webhook: Pick<VerifyingWebhook, 'objectIds' | 'ageMs'>,
  finding: Finding,
): Verification {
  switch (finding.kind) {
    case 'unanswered': {
      const { type, message, retryAfterMs } = finding.error;
      // A retry would be rejected again.
      if (type === 'INVALID_REQUEST') return notBorneOut(webhook, message);
      const askedMs = Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX);
      return { kind: 'again', reason: message, retryMs: Math.max(retryMsOf(webhook), askedMs) };
    }
    case 'missing':
      return notBorneOut(webhook, 'the gateway knows no such object');
    case 'shown': {
      const own = factsOf(finding.answer, ownObjectOf(webhook));
      if (own.length === 0) return notBorneOut(webhook, 'the gateway shows nothing of the object');
      if (own.every((fact) => UNDER_WAY.includes(factName(fact)))) {
        return notBorneOut(webhook, 'the gateway shows the object as still under way');
      }
      return { kind: 'apply', answer: finding.answer };
    }
  }
}

/** While the payment is waited for, the object id is prefixed with our own id of the payment and a colon. */
export function ownObjectOf({ objectIds }: Pick<VerifyingWebhook, 'objectIds'>): string {
  return objectIds.find((id) => !id.includes(':')) ?? '';
}

/** In a dispute over several captures each part is identified by dispute and capture. */
function factsOf({ facts }: GatewayAnswer, objectId: string): Fact[] {
  return facts.filter((fact) => fact.objectId === objectId || fact.objectId.startsWith(`${objectId}:`));
}

function notBorneOut(webhook: Pick<VerifyingWebhook, 'ageMs'>, reason: string): Verification {
  return webhook.ageMs < PATIENCE_MS
    ? { kind: 'again', reason, retryMs: retryMsOf(webhook) }
    : { kind: 'refuse', reason };
}

/** Grows with its age: recent webhooks are checked often. */
function retryMsOf({ ageMs }: Pick<VerifyingWebhook, 'ageMs'>): number {
  return Math.min(RETRY_MS_MAX, Math.max(RETRY_MS_MIN, ageMs / 2));
}
