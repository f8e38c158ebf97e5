import type { CallFailed, CallOutcome } from '../attempts/outcome.js';
import type { PlannedCall } from '../attempts/planned-call.js';
import type { Fact } from '../facts.js';
import type { GatewayIdempotencyKey } from '../ids.js';
import { fact, PRICE } from './payments.js';

/** What becomes of one cancellation. */
export const TAKING_FAULTS = [
  'none',
  'refused_connection',
  'too_many',
  'unauthorized',
  'timeout_before',
  'timeout_after',
  'error_500_before',
  'crash_before',
  'crash_after',
] as const;
export type TakingFault = (typeof TAKING_FAULTS)[number];

export interface TakingGatewayOptions {
  /** Of each call; none after the last. */
  readonly faults: readonly TakingFault[];
  /** When it has taken the money, or failed to: in milliseconds since the epoch. */
  readonly settledAt: number;
  readonly succeeds: boolean;
}

/** A gateway that is taking a payment's money, which it refuses to cancel meanwhile. Keys are kept as Stripe does. */
export class TakingGateway {
  readonly #options: TakingGatewayOptions;
  readonly #faults: Iterator<TakingFault, undefined>;
  readonly #keys = new Map<GatewayIdempotencyKey, CallOutcome>();
  #isCanceled = false;

  constructor(options: TakingGatewayOptions) {
    this.#options = options;
    this.#faults = options.faults.values();
  }

  stateAt(now: number): 'processing' | 'captured' | 'open' | 'canceled' {
    if (this.#isCanceled) return 'canceled';
    if (now < this.#options.settledAt) return 'processing';
    return this.#options.succeeds ? 'captured' : 'open';
  }

  /** Null: the caller died, or heard nothing. */
  cancel({ idempotencyKey }: PlannedCall, now: number): CallOutcome | null {
    const fault = this.#faults.next().value ?? 'none';
    if (fault === 'crash_before') return null;
    const early = BEFORE[fault];
    if (early !== undefined) return failed(early);
    const kept = this.#keys.get(idempotencyKey);
    const answer =
      kept ?? (fault === 'error_500_before' ? failed('UNKNOWN_OUTCOME') : this.#cancelIfPossible(now));
    this.#keys.set(idempotencyKey, answer);
    if (fault === 'crash_after') return null;
    return fault === 'timeout_after' ? failed('UNKNOWN_OUTCOME') : answer;
  }

  /** What proves the outcome of a cancellation; null if nothing does. */
  inquire(now: number): readonly Fact[] | null {
    const state = this.stateAt(now);
    return state === 'canceled' || state === 'captured' ? this.#factsAt(now) : null;
  }

  #cancelIfPossible(now: number): CallOutcome {
    this.#isCanceled ||= this.stateAt(now) === 'open';
    const facts = this.#factsAt(now);
    return this.#isCanceled ? { kind: 'answered', facts } : { ...failed('INVALID_REQUEST'), facts };
  }

  #factsAt(now: number): readonly Fact[] {
    const state = this.stateAt(now);
    if (state === 'open') return [];
    return [state === 'captured' ? fact({ kind: state, amount: PRICE }) : fact({ kind: state })];
  }
}

const BEFORE: Partial<Record<TakingFault, string>> = {
  refused_connection: 'API_CONNECTION_ERROR',
  too_many: 'RATE_LIMIT_ERROR',
  unauthorized: 'AUTHENTICATION_ERROR',
  timeout_before: 'UNKNOWN_OUTCOME',
};

function failed(type: string): CallFailed {
  return { kind: 'failed', type, failure: { code: type.toLowerCase(), message: null }, retryAfterMs: null };
}
