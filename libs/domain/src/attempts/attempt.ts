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

/** Names one attempt for good: computed from its command, leg and operation, so it needs no look-up. */
export type AttemptId = Branded<string, 'AttemptId'>;

export function attemptIdOf(commandId: CommandId, leg: number, operation: GatewayOperation): AttemptId {
  return gatewayIdempotencyKeyOf(commandId, leg, operation) as string as AttemptId;
}

/**
 * PENDING: provably nothing was done yet. SENT: a call is under way. UNKNOWN: a call was made, and its answer is
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

/** Operations that take, hold or give back money: one of an intent at a time is SENT or UNKNOWN, over all gateways. */
const MONEY_OPERATIONS: readonly GatewayOperation[] = ['confirm', 'authorize', 'capture', 'refund'];

/** What a person found out about an attempt whose outcome is unknown. */
export const REVIEW_VERDICTS = ['executed', 'not-executed'] as const;
export type ReviewVerdict = (typeof REVIEW_VERDICTS)[number];

/** One thing that is wanted of a gateway, and how far it has come. Times in milliseconds since the epoch. */
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
  /** The command that asks for it is the intent's creation. */
  readonly isOfCreation: boolean;
  readonly askedAt: number;
  /** From then on it must not be begun. */
  readonly notAfter: number | null;
  readonly state: AttemptState;
  /** Calls made, under any key. */
  readonly sends: number;
  /** How often it was proved not executed and tried again. */
  readonly retries: number;
  /** From 1: which of its keys is in use. */
  readonly keyRound: number;
  /** Of the key in use. */
  readonly firstSentAt: number | null;
  readonly lastSentAt: number | null;
  /** How often the key in use was sent again because the outcome was unknown. */
  readonly resends: number;
  /** The gateway's object that the key in use acts on: see `PlannedCall`. */
  readonly targetId: string | null;
  /** Since when it has waited for something else than a clock: the payer's approval, or another open attempt. */
  readonly heldSince: number | null;
  readonly unknownSince: number | null;
  /** How often the gateway was asked since; while it is held for the payer, how often the order was read. */
  readonly inquiries: number;
  /** When, long enough after the last sending, the gateway first knew nothing of it. */
  readonly notFoundSince: number | null;
  /** Since when a person is to decide. It goes on being looked for meanwhile. */
  readonly needsReviewSince: number | null;
  /** `executed`, by a person: what is still missing are the facts. */
  readonly verdict: { readonly objectId: string | null } | null;
  /** What came of the last call or inquiry that failed. */
  readonly lastError: AttemptError | null;
}

/** `type`: of `CALL_ERRORS`, or ours. */
export interface AttemptError extends Failure {
  readonly type: string;
}

export function isFinal(state: AttemptState): state is FinalState {
  return state !== 'PENDING' && state !== 'SENT' && state !== 'UNKNOWN';
}

/** It may be taking, holding or giving back money right now: nothing else may that does. */
export function isOpenMoney({ state, operation }: Pick<Attempt, 'state' | 'operation'>): boolean {
  return (state === 'SENT' || state === 'UNKNOWN') && MONEY_OPERATIONS.includes(operation);
}

export function movesMoney(operation: GatewayOperation): boolean {
  return MONEY_OPERATIONS.includes(operation);
}

/** What the gateway is told so that it carries out the call once. */
export function idempotencyKeyOf({
  commandId,
  leg,
  operation,
  keyRound,
}: Pick<Attempt, 'commandId' | 'leg' | 'operation' | 'keyRound'>): GatewayIdempotencyKey {
  return gatewayIdempotencyKeyOf(commandId, leg, operation, keyRound);
}
