import { type Fact, type FactName, factName } from '@payments/domain';
import type { GatewayAnswer, GatewayError } from '@payments/gateways';
import type { VerifyingWebhook } from '@payments/persistence';

/** What came of asking the gateway for the object that a webhook is about. */
export type Finding =
  | { readonly kind: 'shown'; readonly answer: GatewayAnswer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unanswered'; readonly error: GatewayError };

/** What becomes of the webhook. */
export type Verification =
  /** By what the gateway shows, whatever the webhook said. */
  | { readonly kind: 'apply'; readonly answer: GatewayAnswer }
  | { readonly kind: 'refuse'; readonly reason: string }
  | { readonly kind: 'again'; readonly reason: string; readonly retryMs: number };

/**
 * How long a gateway may take to show what it tells of: its webhooks can be ahead of what it answers. After that
 * the webhook is not borne out.
 */
export const PATIENCE_MS = 10 * 60_000;

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 60_000;
/** As much of a gateway's Retry-After as is believed. */
const RETRY_AFTER_MS_MAX = 60 * 60_000;

/** Words of an object that is not where a webhook that raises money has it: the answer may be behind. */
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
      // It would be refused as often as it is asked.
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

/** Our own name of the payment, with a colon, stands before the object while the payment is waited for. */
export function ownObjectOf({ objectIds }: Pick<VerifyingWebhook, 'objectIds'>): string {
  return objectIds.find((id) => !id.includes(':')) ?? '';
}

/** Of a dispute over several captures each part is called by dispute and capture. */
function factsOf({ facts }: GatewayAnswer, objectId: string): Fact[] {
  return facts.filter((fact) => fact.objectId === objectId || fact.objectId.startsWith(`${objectId}:`));
}

function notBorneOut(webhook: Pick<VerifyingWebhook, 'ageMs'>, reason: string): Verification {
  return webhook.ageMs < PATIENCE_MS
    ? { kind: 'again', reason, retryMs: retryMsOf(webhook) }
    : { kind: 'refuse', reason };
}

/** Grows with its age: what has just come is looked at often. */
function retryMsOf({ ageMs }: Pick<VerifyingWebhook, 'ageMs'>): number {
  return Math.min(RETRY_MS_MAX, Math.max(RETRY_MS_MIN, ageMs / 2));
}
