import type { IntentStatus } from './statuses.js';

/**
 * What a fact may say about the status, weakest first. Gateways stamp events to the second, so that two facts of
 * one leg often bear the same time: then the later one of this list counts as the newer, in whatever order they
 * arrive. The order is that of a payment's life; an ending outranks what it ends.
 */
export const STATUS_FACTS = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'approved',
  'processing',
  'failed_retryable',
  'authorized',
  'failed',
  'canceled',
  'captured',
] as const;
export type StatusFact = (typeof STATUS_FACTS)[number];

/** After these the object that says them has no money under way or held any more. */
const ENDINGS: readonly StatusFact[] = ['failed_retryable', 'failed', 'canceled'];

export function isEnding(fact: StatusFact): boolean {
  return ENDINGS.includes(fact);
}

/** STALE: the payment is past it. IGNORED: the payment has ended here, and this does not open it again. */
export type Transition = IntentStatus | 'STALE' | 'IGNORED';

/** Between them a payment moves as its gateway says: the newest word on the current leg is the status. */
const open = {
  requires_payment_method: 'REQUIRES_PAYMENT_METHOD',
  requires_confirmation: 'REQUIRES_CONFIRMATION',
  requires_action: 'REQUIRES_ACTION',
  approved: 'REQUIRES_CONFIRMATION',
  processing: 'PROCESSING',
  failed_retryable: 'REQUIRES_PAYMENT_METHOD',
  authorized: 'REQUIRES_CAPTURE',
  failed: 'FAILED',
  canceled: 'CANCELED',
  captured: 'SUCCEEDED',
} as const satisfies Record<StatusFact, Transition>;

/** An ended payment stays what it is, whatever its gateway says, but for money that was captured after all. */
const ended = {
  requires_payment_method: 'IGNORED',
  requires_confirmation: 'IGNORED',
  requires_action: 'IGNORED',
  approved: 'IGNORED',
  processing: 'IGNORED',
  failed_retryable: 'IGNORED',
  authorized: 'IGNORED',
  captured: 'SUCCEEDED',
} as const satisfies Partial<Record<StatusFact, Transition>>;

/**
 * The only place that knows how facts move a payment's status. Where the open statuses share a row it is because
 * a fact that was lost on the way must not block the next one: CREATED may become SUCCEEDED at once.
 *
 * The ended statuses take a second ending as a confirmation of the first: an EXPIRED payment that is then
 * canceled at the gateway to clean up remains EXPIRED.
 */
export const TRANSITIONS = {
  CREATED: open,
  REQUIRES_PAYMENT_METHOD: open,
  REQUIRES_CONFIRMATION: open,
  REQUIRES_ACTION: open,
  PROCESSING: open,
  REQUIRES_CAPTURE: open,
  SUCCEEDED: {
    requires_payment_method: 'STALE',
    requires_confirmation: 'STALE',
    requires_action: 'STALE',
    approved: 'STALE',
    processing: 'STALE',
    failed_retryable: 'STALE',
    authorized: 'STALE',
    // Not behind, but beside it: another attempt on the same order fails, the rest of an authorization is voided.
    failed: 'IGNORED',
    canceled: 'IGNORED',
    captured: 'SUCCEEDED',
  },
  CANCELED: { ...ended, failed: 'CANCELED', canceled: 'CANCELED' },
  FAILED: { ...ended, failed: 'FAILED', canceled: 'FAILED' },
  EXPIRED: { ...ended, failed: 'EXPIRED', canceled: 'EXPIRED' },
} as const satisfies Record<IntentStatus, Record<StatusFact, Transition>>;

/** What `fact` makes of a payment in `status`, given that it is new and about the current leg. */
export function transition(status: IntentStatus, fact: StatusFact): Transition {
  return TRANSITIONS[status][fact];
}

/** A status fact and when the gateway said it (milliseconds since the epoch). */
export interface TimedStatusFact {
  readonly fact: StatusFact;
  readonly occurredAt: number;
}

/** The total order on one leg's status facts: by the gateway's time, then by rank. Positive if `left` is newer. */
export function compareStatusFacts(left: TimedStatusFact, right: TimedStatusFact): number {
  if (left.occurredAt !== right.occurredAt) return left.occurredAt - right.occurredAt;
  return STATUS_FACTS.indexOf(left.fact) - STATUS_FACTS.indexOf(right.fact);
}
