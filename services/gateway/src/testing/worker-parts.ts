import {
  ATTEMPT_POLICY,
  type AttemptPolicy,
  GATEWAY_PROVIDERS,
  type GatewayConfig,
  type GatewayConfigs,
  type GatewayProvider,
} from '@payments/domain';
import { createGatewayClient, type GatewayClientSettings } from '@payments/gateways';
import type { Database } from '@payments/persistence';
import type { Logger, Metrics } from '@payments/runtime';
import type { TellChanges } from '@payments/worker';
import { GatewayEvents } from '../gateway-events.js';
import { GatewayLine } from '../line/gateway-line.js';
import { startAttemptPool } from '../pool/start-pool.js';

/** Policy of tests: hundredths of a second instead of seconds and minutes. */
export const QUICK: AttemptPolicy = {
  ...ATTEMPT_POLICY,
  retryFirstMs: 5,
  retryCapMs: 20,
  heldFirstMs: 20,
  heldCapMs: 100,
  inquiryFirstMs: 20,
  inquiryCapMs: 100,
  quietMs: 300,
  keyMarginMs: 10,
  reviewInquiryMs: 100,
};

/** Time limit for getting a connection to Postgres on a busy machine. */
export const CONNECT_MS_MAX = 30_000;

/** URL of each gateway, without trailing slash. */
export type GatewayUrls = Readonly<Record<GatewayProvider, string>>;

export interface TestWorkerOptions {
  readonly provider: GatewayProvider;
  readonly urls: GatewayUrls;
  readonly database: Database;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly policy?: Partial<AttemptPolicy>;
  readonly config?: Partial<GatewayConfig>;
  readonly tell?: TellChanges;
}

/** A gateway's worker without its consumer. */
export interface TestWorker {
  readonly provider: GatewayProvider;
  readonly line: GatewayLine;
  configure(change: Partial<GatewayConfig>): void;
  wake(): void;
  close(): Promise<void>;
}

export function startTestWorker(options: TestWorkerOptions): TestWorker {
  const {
    provider,
    urls,
    database,
    logger,
    metrics,
    policy = {},
    config = {},
    tell = async () => {},
  } = options;
  let configs = standardConfigs();
  configs = { ...configs, [provider]: { ...configs[provider], ...config } };
  const events = new GatewayEvents(metrics, logger, provider);
  const line = new GatewayLine({
    createClient: (timeoutMs) => createGatewayClient(accessTo(provider, urls[provider], timeoutMs)),
    config: configs[provider],
    onBreakerChange: (change) => {
      events.breakerChanged(change);
      pool.wake();
    },
  });
  const pool = startAttemptPool({
    database,
    line,
    events,
    tell,
    configs: () => configs,
    policy: { ...QUICK, ...policy },
    pollIntervalMs: 20,
    leaseSlackMs: 1_000,
  });
  return {
    provider,
    line,
    configure: (change) => {
      configs = { ...configs, [provider]: { ...configs[provider], ...change } };
      line.configure(configs[provider]);
      pool.wake();
    },
    wake: () => pool.wake(),
    close: async () => {
      await pool.close();
      line.close();
    },
  };
}

function standardConfigs(): GatewayConfigs {
  const of = (provider: GatewayProvider): GatewayConfig => ({
    provider,
    enabled: true,
    priority: 100,
    maxConcurrency: 16,
    requestsPerSecond: 1_000,
    timeoutMs: 2_000,
    // Never opens, unless a test is about it: its window never fills.
    breaker: { errorThresholdPercent: 50, volumeThreshold: 1_000, windowMs: 10_000, resetAfterMs: 100 },
    version: 1,
  });
  return Object.fromEntries(GATEWAY_PROVIDERS.map((one) => [one, of(one)])) as unknown as GatewayConfigs;
}

function accessTo(provider: GatewayProvider, apiBase: string, timeoutMs: number) {
  const all = {
    stripe: { provider: 'stripe', apiBase, timeoutMs, apiKey: 'sk_test_worker' },
    paypal: { provider: 'paypal', apiBase, timeoutMs, clientId: 'worker', clientSecret: 'secret' },
    razorpay: { provider: 'razorpay', apiBase, timeoutMs, keyId: 'rzp_test_worker', keySecret: 'secret' },
  } as const satisfies Record<GatewayProvider, GatewayClientSettings>;
  return all[provider];
}
