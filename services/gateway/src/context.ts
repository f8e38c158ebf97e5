import { watchGatewayConfigs } from '@payments/cache';
import { ATTEMPT_POLICY } from '@payments/domain';
import { createGatewayClient } from '@payments/gateways';
import { readGatewayConfig } from '@payments/persistence';
import type { ServiceRuntime } from '@payments/runtime';
import { startConsuming, startWorkerParts } from '@payments/worker';
import { clientSettingsOf } from './client-settings.js';
import type { GatewayServiceConfig } from './config.js';
import { GatewayEvents } from './gateway-events.js';
import { InsertAttempts } from './handlers/insert-attempts.js';
import { GatewayLine } from './line/gateway-line.js';
import { startAttemptPool } from './pool/start-pool.js';
import { COMMAND_TOPICS } from './topics.js';
import { startVerifying } from './verifying/start-verifying.js';
import { watchApprovals } from './watch-approvals.js';
import { watchAttempts } from './watch-attempts.js';

/** Beside the calls of a lease: for waiting one's turn, and for the transactions before and after. */
const LEASE_SLACK_MS = 10_000;

/** Wires one gateway's worker and starts it; what it starts is stopped in reverse order at shutdown. */
export async function startGateway(rt: ServiceRuntime<GatewayServiceConfig>): Promise<void> {
  const { config, logger, metrics } = rt;
  const provider = config.GATEWAY_PROVIDER;
  const createClient = (timeoutMs: number) => createGatewayClient(clientSettingsOf(config, timeoutMs));
  const parts = await startWorkerParts(rt);
  const { database, cache, codec, tell } = parts;
  const events = new GatewayEvents(metrics, logger, provider);

  const configs = await watchGatewayConfigs({
    cache,
    logger,
    readStored: (one) => readGatewayConfig(database.primary, one),
    onChange: (changed) => {
      if (changed.provider === provider) line.configure(changed);
      pool.wake();
    },
  });
  rt.onShutdown('gateway configurations', () => configs.close());

  const line = new GatewayLine({
    createClient,
    config: configs.current()[provider],
    onBreakerChange: (change) => {
      events.breakerChanged(change);
      pool.wake();
    },
  });
  rt.onShutdown('gateway', () => line.close());
  rt.onShutdown('count of attempts', watchAttempts(database, metrics, logger, line));

  const pool = startAttemptPool({
    database,
    line,
    events,
    leaseSlackMs: LEASE_SLACK_MS,
    configs: () => configs.current(),
    policy: {
      ...ATTEMPT_POLICY,
      quietMs: config.GATEWAY_QUIET_MS,
      reviewAfterMs: config.GATEWAY_REVIEW_AFTER_MS,
    },
    tell,
    pollIntervalMs: config.GATEWAY_POLL_INTERVAL_MS,
  });
  rt.onShutdown('calls in hand', (deadline) => pool.close(deadline));

  // Only PayPal has payers approve what is then confirmed, and only its signatures can be forged around one captured.
  if (provider === 'paypal') {
    const approvals = watchApprovals({ database, provider, logger, onApproved: () => pool.wake() });
    rt.onShutdown('hearing of approvals', approvals);
    const verifying = startVerifying({ database, logger, metrics, tell, line });
    rt.onShutdown('verifying of webhooks', (deadline) => verifying.close(deadline));
  }

  const topic = COMMAND_TOPICS[provider];
  await startConsuming(rt, parts, {
    group: `gateway-${provider}`,
    topic: topic.name,
    handler: new InsertAttempts({ provider, topic, codec, database, wakePool: () => pool.wake() }),
    transactionsConcurrently: config.GATEWAY_TRANSACTIONS_CONCURRENTLY,
  });
}
