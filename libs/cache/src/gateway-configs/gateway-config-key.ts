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
 * Makes readers forget a gateway's configuration: after a change of it has committed.
 *
 * @returns whether Redis has done so. If not, whoever reads it from there learns of the change only when it next asks
 *   Postgres: {@link watchGatewayConfigs} does that every ten seconds.
 */
export async function forgetGatewayConfig(
  cache: Pick<Cache, 'invalidate'>,
  provider: GatewayProvider,
): Promise<boolean> {
  return cache.invalidate([gatewayConfigKey(provider).key]);
}
