import type { Branded } from '../brand.js';
import type { Failure } from '../facts.js';
import type { GatewayProvider } from '../gateway-provider.js';
import {
  type CommandId,
  type GatewayIdempotencyKey,
  type GatewayOperation,
  gatewayIdempotencyKeyOf,
  type IntentId,
  type IntentRowId,
} from '../ids.js';

/** Identifies an attempt for good: derived from its command, leg and operation, so it needs no lookup. */
export type AttemptId = Branded<string, 'AttemptId'>;

export function attemptIdOf(commandId: CommandId, leg: number, operation: GatewayOperation): AttemptId {
  return gatewayIdempotencyKeyOf(commandId, leg, operation) as string as AttemptId;
}

/**
 * PENDING: provably nothing was executed yet. SENT: a call is in flight. UNKNOWN: a call was made and its answer is
 * missing. The others are final.
 */
export const ATTEMPT_STATES = [
  'PENDING',
  'SENT',
  'UNKNOWN',
  'SUCCEEDED',
  'DECLINED',
  'FAILED',
  'NOT_EXECUTED',
] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];
export type UnfinishedState = Extract<AttemptState, 'PENDING' | 'SENT' | 'UNKNOWN'>;
export type FinalState = Exclude<AttemptState, UnfinishedState>;

/** Operations that move money: per intent, one at a time may be SENT or UNKNOWN, across all gateways. */
const MONEY_OPERATIONS: readonly GatewayOperation[] = ['confirm', 'authorize', 'capture', 'refund'];

/** A person's verdict on an attempt with an unknown outcome. */
export const REVIEW_VERDICTS = ['executed', 'not-executed'] as const;
export type ReviewVerdict = (typeof REVIEW_VERDICTS)[number];

/** An operation requested of a gateway, and its progress. Times in milliseconds since the epoch. */
export interface Attempt {
  readonly attemptId: AttemptId;
  readonly commandId: CommandId;
  readonly paymentIntentId: IntentRowId;
  readonly intentId: IntentId;
  readonly leg: number;
  readonly operation: GatewayOperation;
  readonly provider: GatewayProvider;
  /** In minor units of the intent's currency; null where the operation has none. */
  readonly amount: bigint | null;
  /** Whether its command is the intent's creation. */
  readonly isOfCreation: boolean;
  readonly askedAt: number;
  /** Deadline for its start. */
  readonly notAfter: number | null;
  readonly state: AttemptState;
  /** Calls made, under any key. */
  readonly sends: number;
  /** How often it was proved not executed and retried. */
  readonly retries: number;
  /** Number of its current idempotency key, from 1. */
  readonly keyRound: number;
  /** Under the current key. */
  readonly firstSentAt: number | null;
  readonly lastSentAt: number | null;
  /** How often the current key was sent again because the outcome was unknown. */
  readonly resends: number;
  /** The gateway's object for the current key: see `PlannedCall`. */
  readonly targetId: string | null;
  /**
   * Since when it has waited for an event rather than a time: the payer's approval, the end of another open attempt,
   * or, since its last try, that of what the gateway is doing.
   */
  readonly heldSince: number | null;
  readonly unknownSince: number | null;
  /** Number of inquiries since; while it waits for the payer, number of times the order was read. */
  readonly inquiries: number;
  /** When, long enough after the last sending, an inquiry first found nothing. */
  readonly notFoundSince: number | null;
  /** Since when it waits for a person. Inquiries continue meanwhile. */
  readonly needsReviewSince: number | null;
  /** `executed`, according to a person: the facts are still missing. */
  readonly verdict: { readonly objectId: string | null } | null;
  /**
   * Error of the last call that failed; while the outcome is unknown, of the call that it is unknown of. Null if the
   * worker of that call ended without recording one. Of a cancellation that waits for its gateway: why it waits.
   */
  readonly lastError: AttemptError | null;
  /**
   * Why it could not be found out what became of the call, or continued with; it says nothing about the call itself.
   */
  readonly inquiryError: AttemptError | null;
}

/**
 * Types of errors of our own. People decide by them whether a call may be made again, so each is true however often it
 * was sent.
 *
 * - GIVEN_UP: provably not executed, and not sent any more.
 * - NOT_FOUND: provably not executed, by inquiries.
 * - EXECUTED: the gateway executed it, but its answer cannot be applied here.
 * - REVIEW: about what a person said of it.
 */
export type OwnErrorType = 'GIVEN_UP' | 'NOT_FOUND' | 'EXECUTED' | 'REVIEW';

/** `type`: one of `CALL_ERRORS`, an `OwnErrorType`, or ARCHIVED. */
export interface AttemptError extends Failure {
  readonly type: string;
}

export function isFinal(state: AttemptState): state is FinalState {
  return state !== 'PENDING' && state !== 'SENT' && state !== 'UNKNOWN';
}

/** Whether it may be moving money right now: no other such operation may start. */
export function isOpenMoney({ state, operation }: Pick<Attempt, 'state' | 'operation'>): boolean {
  return (state === 'SENT' || state === 'UNKNOWN') && MONEY_OPERATIONS.includes(operation);
}

export function movesMoney(operation: GatewayOperation): boolean {
  return MONEY_OPERATIONS.includes(operation);
}

/** The idempotency key that the gateway gets. */
export function idempotencyKeyOf({
  commandId,
  leg,
  operation,
  keyRound,
}: Pick<Attempt, 'commandId' | 'leg' | 'operation' | 'keyRound'>): GatewayIdempotencyKey {
  return gatewayIdempotencyKeyOf(commandId, leg, operation, keyRound);
}
