import { type GatewayConfig, type GatewayProvider, parseGatewayConfig } from '@payments/domain';
import { type ReadCache, readThrough } from '../read-through.js';
import { gatewayConfigKey, versionedConfig } from './gateway-config-key.js';

/** Reads a configuration from Postgres (`readGatewayConfig` of libs/persistence, on the primary). */
export type ReadStoredConfig = (provider: GatewayProvider) => Promise<GatewayConfig>;

/**
 * A gateway's configuration: from Redis, or from Postgres if Redis lacks it or does not answer.
 *
 * @throws what `readStored` throws
 */
export async function readCachedGatewayConfig(
  cache: ReadCache,
  provider: GatewayProvider,
  readStored: ReadStoredConfig,
): Promise<GatewayConfig> {
  const text = await readThrough(cache, gatewayConfigKey(provider), async () =>
    versionedConfig(await readStored(provider)),
  );
  const config = parseGatewayConfig(text);
  // Another release may have cached a different shape, and a manual repair the wrong gateway's.
  return config?.provider === provider ? config : readStored(provider);
}
