import {
  BREAKER_OPEN,
  type CallFailed,
  GATEWAY_DISABLED,
  type GatewayConfig,
  type GatewayOperation,
  type GatewayProvider,
} from '@payments/domain';
import {
  type BreakerGroup,
  type BreakerListener,
  type GatewayAnswer,
  type GatewayClient,
  GatewayError,
  type GuardedClient,
  RateLimit,
  withBreakers,
} from '@payments/gateways';

export interface GatewayLineOptions {
  /** Creates the client; again after a change of the time-out. */
  readonly createClient: (timeoutMs: number) => GatewayClient;
  readonly config: GatewayConfig;
  readonly onBreakerChange: BreakerListener;
}

/** The purpose of a call: an inquiry about an earlier call or an order, or the operation itself. */
export type WantedCall = {
  readonly kind: 'send' | 'inquire' | 'fetch' | 'check';
  readonly operation: GatewayOperation;
};

/** Access to one gateway: its client behind circuit breakers, a rate limit and a switch, as currently configured. */
export class GatewayLine {
  readonly client: GuardedClient;
  readonly #createClient: GatewayLineOptions['createClient'];
  readonly #rate: RateLimit;
  #bare: GatewayClient;
  #config: GatewayConfig;
  #waiting = 0;

  constructor({ createClient, config, onBreakerChange }: GatewayLineOptions) {
    this.#createClient = createClient;
    this.#config = config;
    this.#bare = createClient(config.timeoutMs);
    this.#rate = new RateLimit(config.requestsPerSecond);
    this.client = withBreakers(this.#replaceable(), config.breaker, onBreakerChange);
  }

  get provider(): GatewayProvider {
    return this.#config.provider;
  }

  /** Of one call, in milliseconds. */
  get timeoutMs(): number {
    return this.#config.timeoutMs;
  }

  /** Applies from now on. Calls in flight are not affected. */
  configure(config: GatewayConfig): void {
    const before = this.#config;
    this.#config = config;
    if (config.timeoutMs !== before.timeoutMs) this.#bare = this.#createClient(config.timeoutMs);
    if (config.requestsPerSecond !== before.requestsPerSecond) {
      this.#rate.requestsPerSecond = config.requestsPerSecond;
    }
    // Other changes must not reset the breakers' statistics.
    if (JSON.stringify(config.breaker) !== JSON.stringify(before.breaker)) {
      this.client.setBreakers(config.breaker);
    }
  }

  /** Resolves when the rate limit admits the caller. */
  async turn(): Promise<void> {
    this.#waiting += 1;
    try {
      await this.#rate.take();
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Only attempts that end without a call may be leased. */
  get isLeftAlone(): boolean {
    return !this.#config.enabled || this.client.breakerState('payments') === 'OPEN';
  }

  /**
   * How many more attempts may be leased: no more than the rate limit admits within a second, and one at a time while
   * a half-open breaker probes the gateway.
   *
   * @param inHand number of attempts in progress
   */
  room(inHand: number): number {
    if (this.client.breakerState('payments') === 'HALF_OPEN') return 1 - inHand;
    const { maxConcurrency, requestsPerSecond } = this.#config;
    return Math.min(maxConcurrency - inHand, requestsPerSecond - this.#waiting);
  }

  /** Why such a call must not be made now; null if it may. */
  refusal({ kind, operation }: WantedCall): CallFailed | null {
    if (!this.#config.enabled) return refused(SWITCHED_OFF);
    const group = kind === 'send' ? groupOf(operation) : 'reads';
    if (this.client.breakerState(group) !== 'OPEN') return null;
    return refused(LEFT_ALONE);
  }

  /**
   * Reads an object, as `GatewayClient.fetch` does, when the rate limit admits it.
   *
   * @throws GatewayError, also if no such call may be made now
   */
  async fetch(objectId: string): Promise<GatewayAnswer | null> {
    await this.turn();
    if (!this.#config.enabled) throw new GatewayError(SWITCHED_OFF);
    return this.client.fetch(objectId);
  }

  close(): void {
    this.client.close();
  }

  #replaceable(): GatewayClient {
    return {
      provider: this.#config.provider,
      send: (call) => this.#bare.send(call),
      inquire: (call) => this.#bare.inquire(call),
      fetch: (objectId) => this.#bare.fetch(objectId),
      keyLifetimeMs: (operation) => this.#bare.keyLifetimeMs(operation),
    };
  }
}

function groupOf(operation: GatewayOperation): BreakerGroup {
  return operation === 'refund' ? 'refunds' : 'payments';
}

const SWITCHED_OFF = {
  type: 'API_CONNECTION_ERROR',
  failure: { code: GATEWAY_DISABLED, message: 'the gateway is switched off' },
} as const;

const LEFT_ALONE = {
  type: 'API_CONNECTION_ERROR',
  failure: { code: BREAKER_OPEN, message: 'the gateway failed too often: it is left alone' },
} as const;

function refused(why: typeof SWITCHED_OFF | typeof LEFT_ALONE): CallFailed {
  return { kind: 'failed', ...why, retryAfterMs: null };
}
