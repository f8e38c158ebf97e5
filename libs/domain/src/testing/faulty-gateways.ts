import type { CallOutcome } from '../attempts/outcome.js';
import type { PlannedCall } from '../attempts/planned-call.js';
import type { GatewayProvider } from '../gateway-provider.js';

/** What becomes of one call. `late`: it is carried out after the caller stopped waiting. */
export const FAULTS = [
  'none',
  'declined',
  'refused_connection',
  'too_many',
  'timeout_before',
  'timeout_after',
  'late',
  'error_500_before',
  'error_500_after',
  'crash_before',
  'crash_after',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultyGatewaysOptions {
  readonly keyLifetimeMs: number;
  /** After so long a call that is still on its way has been carried out, and can be seen. */
  readonly settlesWithinMs: number;
  /** Called for each call. */
  readonly nextFault: () => Fault;
  /** Whether the gateway can be asked just now. */
  readonly canBeAsked: () => boolean;
}

interface Execution {
  readonly provider: GatewayProvider;
  readonly attemptId: string;
  readonly visibleAt: number;
}

interface Kept {
  readonly since: number;
  readonly answer: CallOutcome;
}

const ANSWERED: CallOutcome = { kind: 'answered', facts: [] };

/** Gateways that take money and go wrong, by a clock that the test moves. They keep keys as Stripe does. */
export class FaultyGateways {
  readonly executions: Execution[] = [];
  readonly #keys = new Map<string, Kept>();
  readonly #options: FaultyGatewaysOptions;

  constructor(options: FaultyGatewaysOptions) {
    this.#options = options;
  }

  /** Null: the caller died, or heard nothing. */
  send(provider: GatewayProvider, call: PlannedCall, now: number): CallOutcome | null {
    const fault = this.#options.nextFault();
    if (fault === 'refused_connection') return failed('API_CONNECTION_ERROR');
    if (fault === 'too_many') return failed('RATE_LIMIT_ERROR');
    if (fault === 'timeout_before') return failed('UNKNOWN_OUTCOME');
    if (fault === 'crash_before') return null;
    const kept = this.#keys.get(call.idempotencyKey);
    const answer =
      kept !== undefined && now - kept.since < this.#options.keyLifetimeMs
        ? kept.answer
        : this.#carryOut(provider, call, { fault, now });
    if (fault === 'crash_after') return null;
    return fault === 'timeout_after' || fault === 'late' ? failed('UNKNOWN_OUTCOME') : answer;
  }

  /** Whether it shows the call; undefined if it cannot be asked. */
  inquire({ attemptId }: PlannedCall, now: number): boolean | undefined {
    if (!this.#options.canBeAsked()) return undefined;
    return this.executions.some((one) => one.attemptId === attemptId && one.visibleAt <= now);
  }

  #carryOut(
    provider: GatewayProvider,
    { attemptId, idempotencyKey }: PlannedCall,
    { fault, now }: { readonly fault: Fault; readonly now: number },
  ): CallOutcome {
    const isExecuted = fault !== 'declined' && fault !== 'error_500_before';
    const visibleAt = fault === 'late' ? now + this.#options.settlesWithinMs : now;
    if (isExecuted) this.executions.push({ provider, attemptId, visibleAt });
    const answer = answerTo(fault);
    this.#keys.set(idempotencyKey, { since: now, answer });
    return answer;
  }
}

function answerTo(fault: Fault): CallOutcome {
  if (fault === 'declined') return failed('CARD_DECLINED');
  return fault.startsWith('error_500') ? failed('UNKNOWN_OUTCOME') : ANSWERED;
}

function failed(type: string): CallOutcome {
  return { kind: 'failed', type, failure: { code: type.toLowerCase(), message: null }, retryAfterMs: null };
}
