/** What a payment intent can be. */
export const INTENT_STATUSES = [
  'CREATED',
  'REQUIRES_PAYMENT_METHOD',
  'REQUIRES_CONFIRMATION',
  'REQUIRES_ACTION',
  'PROCESSING',
  'REQUIRES_CAPTURE',
  'SUCCEEDED',
  'CANCELED',
  'FAILED',
  'EXPIRED',
] as const;
export type IntentStatus = (typeof INTENT_STATUSES)[number];

/** Ended without money; only a capture that happened after all leads out of these. */
const ENDED_STATUSES: readonly IntentStatus[] = ['CANCELED', 'FAILED', 'EXPIRED'];

/** Ended without money: CANCELED, FAILED or EXPIRED. */
export function isEnded(status: IntentStatus): boolean {
  return ENDED_STATUSES.includes(status);
}

/** Counts against "one payment per order": not ended, SUCCEEDED included. `payment_intent_keys.live` says the same. */
export function isLiveOrPaid(status: IntentStatus): boolean {
  return !isEnded(status);
}

/** What a transaction row records: PAYMENT is captured money. */
export const TRANSACTION_TYPES = ['PAYMENT', 'AUTHORIZATION', 'REFUND', 'VOID', 'DISPUTE'] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

export const TRANSACTION_STATUSES = ['PENDING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/**
 * What became of a webhook. VERIFYING waits for a fetch at the gateway, UNMATCHED for its payment;
 * IGNORED is a type without effect; a row is PROCESSED only in the transaction that commits its effect.
 */
export const WEBHOOK_STATUSES = [
  'RECEIVED',
  'VERIFYING',
  'UNMATCHED',
  'PROCESSED',
  'IGNORED',
  'STALE',
  'FAILED',
] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** Nothing is left to do. */
export const PROCESSED_WEBHOOK_STATUSES: readonly WebhookStatus[] = ['PROCESSED', 'IGNORED', 'STALE'];
