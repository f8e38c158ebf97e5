import type { FaultKind, FaultRule } from '@payments/simulator';

/** Of all calls, so many go wrong. */
export const FAULT_SHARE = 0.3;

/** Done, and nobody hears of it: time-outs, drops, and 500s that Stripe keeps for the key. */
const DONE: readonly FaultKind[] = ['timeout_after', 'drop_reply', 'server_error_after'];
/** Not done, which nobody hears of either. */
const NOT_DONE: readonly FaultKind[] = ['timeout_before', 'reset', 'server_error_before', 'unavailable'];
/** Provably not done. */
const REFUSED: readonly FaultKind[] = ['rate_limit'];

const KINDS = [...DONE, ...NOT_DONE, ...REFUSED];
/** Longer than any time-out of ours. */
const HOLD_MS = 10_000;

/**
 * Rules that strike {@link FAULT_SHARE} of all calls of all gateways, each kind equally often: a later rule is only
 * asked where no earlier one has struck.
 */
export function faultRules(): (Partial<FaultRule> & Pick<FaultRule, 'kind'>)[] {
  const share = FAULT_SHARE / KINDS.length;
  return KINDS.map((kind, index) => ({
    kind,
    probability: share / (1 - index * share),
    ...(kind.startsWith('timeout') && { holdMs: HOLD_MS }),
  }));
}
