import type { GatewayProvider } from '@payments/domain';

/** What can go wrong with a call to a gateway. "Before" and "after" are seen from what the call does. */
export const CALL_FAULTS = [
  /** The customer's money is refused, in the gateway's own words. */
  'decline',
  /** 429 with Retry-After; nothing is done. */
  'rate_limit',
  'server_error_before',
  'server_error_after',
  /** 503 with an HTML page, from something in front of the gateway; nothing is done. */
  'unavailable',
  /** The connection stays open and silent. */
  'timeout_before',
  'timeout_after',
  /** Done, and then the connection is closed without an answer. */
  'drop_reply',
  /** The connection is reset; nothing is done. */
  'reset',
  /** Done after a delay. */
  'slow',
  /** No connection lasts; on a port of its own it is refused. */
  'down',
] as const;

/** What can go wrong with the played customer. */
export const CUSTOMER_FAULTS = ['decline', 'slow', 'abandon'] as const;

export type CallFault = (typeof CALL_FAULTS)[number];
export type CustomerFault = (typeof CUSTOMER_FAULTS)[number];
export type FaultKind = CallFault | CustomerFault;

export interface FaultRule {
  readonly provider: GatewayProvider | '*';
  /** An operation's name, or `*` for every call (the customer is none). */
  readonly operation: string;
  readonly kind: FaultKind;
  /** Only the n-th matching call after the rule was made; the first is 1. */
  readonly nth?: number | undefined;
  /** 0 to 1, drawn for each matching call from the rule's own seeded sequence. */
  readonly probability?: number | undefined;
  /** How often it strikes at most. */
  readonly times?: number | undefined;
  /** Of a decline: the reason in the gateway's words. */
  readonly declineCode?: string | undefined;
  /** Of a rate limit: seconds. */
  readonly retryAfterS?: number | undefined;
  /** Of slow: milliseconds. */
  readonly delayMs?: number | undefined;
  /** Of a time-out: milliseconds until the connection is closed after all. */
  readonly holdMs?: number | undefined;
}
