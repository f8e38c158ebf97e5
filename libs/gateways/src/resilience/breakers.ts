import {
  BREAKER_OPEN,
  type GatewayOperation,
  type GatewayProvider,
  type PlannedCall,
} from '@payments/domain';
import CircuitBreaker from 'opossum';
import type { GatewayAnswer, GatewayClient } from '../client/gateway-client.js';
import { GatewayError, type GatewayErrorType } from '../client/gateway-error.js';

/** Calls that share a breaker: a gateway whose refunds are down may still take payments. */
export const BREAKER_GROUPS = ['payments', 'refunds', 'reads'] as const;
export type BreakerGroup = (typeof BREAKER_GROUPS)[number];

/** HALF_OPEN: one trial call is let through; its result closes or reopens the breaker. */
export type BreakerState = 'CLOSED' | 'HALF_OPEN' | 'OPEN';

export interface BreakerSettings {
  /** Opens at this percentage of failed calls in the window; above 0, up to 100. */
  readonly errorThresholdPercent: number;
  /** Stays closed with fewer calls in the window. */
  readonly volumeThreshold: number;
  readonly windowMs: number;
  /** How long it stays open before the trial call. */
  readonly resetAfterMs: number;
}

export interface BreakerChange {
  readonly provider: GatewayProvider;
  readonly group: BreakerGroup;
  readonly state: BreakerState;
}

export type BreakerListener = (change: BreakerChange) => void;

/** A gateway client behind circuit breakers. */
export interface GuardedClient extends GatewayClient {
  breakerState(group: BreakerGroup): BreakerState;
  /** Applies new settings. An open breaker stays open and restarts its `resetAfterMs`; counts are reset. */
  setBreakers(settings: BreakerSettings): void;
  close(): void;
}

/** Errors that breakers do not count: the gateway works, and rejects the call or the means of payment. */
const NOT_THE_GATEWAYS_FAULT: readonly GatewayErrorType[] = [
  'CARD_DECLINED',
  'INVALID_REQUEST',
  'IDEMPOTENCY_CONFLICT',
];

type Call = () => Promise<GatewayAnswer | null>;
type Breaker = CircuitBreaker<[Call], GatewayAnswer | null>;

/**
 * Puts a breaker in front of each group of calls. While it is open, calls fail at once with API_CONNECTION_ERROR
 * `BREAKER_OPEN` and are not sent; while it is half open, all but the trial call do.
 */
export function withBreakers(
  client: GatewayClient,
  settings: BreakerSettings,
  listener: BreakerListener,
): GuardedClient {
  const { provider } = client;
  const breakerOf = (group: BreakerGroup, of: BreakerSettings) =>
    createBreaker(of, (state) => listener({ provider, group, state }));
  const breakers: Record<BreakerGroup, Breaker> = {
    payments: breakerOf('payments', settings),
    refunds: breakerOf('refunds', settings),
    reads: breakerOf('reads', settings),
  };
  return {
    provider,
    send: (call) => run(breakers[groupOf(call.operation)], () => client.send(call)),
    inquire: (call: PlannedCall) => run(breakers.reads, () => client.inquire(call)),
    fetch: (objectId) => run(breakers.reads, () => client.fetch(objectId)),
    keyLifetimeMs: (operation) => client.keyLifetimeMs(operation),
    breakerState: (group) => stateOf(breakers[group]),
    setBreakers: (changed) => {
      for (const group of BREAKER_GROUPS) {
        const before = breakers[group];
        const next = breakerOf(group, changed);
        breakers[group] = next;
        if (!before.closed) next.open();
        before.shutdown();
      }
    },
    close: () => {
      for (const group of BREAKER_GROUPS) breakers[group].shutdown();
    },
  };
}

function groupOf(operation: GatewayOperation): BreakerGroup {
  return operation === 'refund' ? 'refunds' : 'payments';
}

function createBreaker(settings: BreakerSettings, changed: (state: BreakerState) => void): Breaker {
  const breaker: Breaker = new CircuitBreaker((call: Call) => call(), {
    // The client has a time-out of its own.
    timeout: false,
    // The library opens above its threshold, never at it.
    errorThresholdPercentage: settings.errorThresholdPercent - 0.001,
    volumeThreshold: settings.volumeThreshold,
    rollingCountTimeout: settings.windowMs,
    resetTimeout: settings.resetAfterMs,
    rollingPercentilesEnabled: false,
    errorFilter: (error: unknown) =>
      error instanceof GatewayError && NOT_THE_GATEWAYS_FAULT.includes(error.type),
  });
  breaker.on('open', () => changed('OPEN'));
  breaker.on('halfOpen', () => changed('HALF_OPEN'));
  breaker.on('close', () => changed('CLOSED'));
  return breaker;
}

function stateOf(breaker: Breaker): BreakerState {
  if (breaker.halfOpen) return 'HALF_OPEN';
  return breaker.opened ? 'OPEN' : 'CLOSED';
}

async function run<Answer extends GatewayAnswer | null>(
  breaker: Breaker,
  call: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return (await breaker.fire(call)) as Answer;
  } catch (error) {
    if (!(error instanceof Error && CircuitBreaker.isOurError(error))) throw error;
    const failure = { code: BREAKER_OPEN, message: 'The gateway failed too often: it is left alone.' };
    throw new GatewayError({ type: 'API_CONNECTION_ERROR', failure, cause: error });
  }
}
