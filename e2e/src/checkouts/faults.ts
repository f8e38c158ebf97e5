import type { FaultKind, FaultRule } from '@payments/simulator';

/** Share of calls that fail. */
export const FAULT_SHARE = 0.3;

/** Executed, with the outcome unknown to us: time-outs, drops, and 500s that Stripe stores for the key. */
const EXECUTED: readonly FaultKind[] = ['timeout_after', 'drop_reply', 'server_error_after'];
/** Not executed, with the outcome unknown to us. */
const NOT_EXECUTED: readonly FaultKind[] = ['timeout_before', 'reset', 'server_error_before', 'unavailable'];
/** Provably not executed. */
const REFUSED: readonly FaultKind[] = ['rate_limit'];

const KINDS = [...EXECUTED, ...NOT_EXECUTED, ...REFUSED];
/** Longer than all time-outs of ours. */
const HOLD_MS = 10_000;

/**
 * Rules that fail {@link FAULT_SHARE} of all calls at all gateways, each kind equally often. The probabilities differ,
 * because a rule applies only to calls that no earlier rule has failed.
 */
export function faultRules(): (Partial<FaultRule> & Pick<FaultRule, 'kind'>)[] {
  const share = FAULT_SHARE / KINDS.length;
  return KINDS.map((kind, index) => ({
    kind,
    probability: share / (1 - index * share),
    ...(kind.startsWith('timeout') && { holdMs: HOLD_MS }),
  }));
}
