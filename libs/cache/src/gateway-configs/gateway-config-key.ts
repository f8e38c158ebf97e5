import type { GatewayConfig, GatewayProvider } from '@payments/domain';
import type { Cache } from '../cache.js';
import type { CachedKey } from '../read-through.js';
import type { Versioned } from '../versioned.js';

const TTL_S = 3_600;

export function gatewayConfigKey(provider: GatewayProvider): CachedKey {
  return { key: `gateway_config:${provider}`, ttlS: TTL_S };
}

export function versionedConfig(config: GatewayConfig): Versioned {
  return { version: config.version, text: JSON.stringify(config) };
}

/**
 * Invalidates a gateway's cached configuration, after a change of it has committed.
 *
 * @returns whether Redis confirmed it. If not, readers of the cache see the change when they next poll Postgres:
 * {@link watchGatewayConfigs} does so every ten seconds.
 */
export async function forgetGatewayConfig(
  cache: Pick<Cache, 'invalidate'>,
  provider: GatewayProvider,
): Promise<boolean> {
  return cache.invalidate([gatewayConfigKey(provider).key]);
}
