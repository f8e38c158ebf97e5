import { GATEWAY_PROVIDERS, type GatewayConfig, type GatewayProvider } from '@payments/domain';
import type { DataSource } from 'typeorm';
import { readRows } from '../reads/read-rows.js';
import { GATEWAY_CONFIG_COLUMNS, type GatewayConfigRow, gatewayConfigOfRow } from './gateway-config-row.js';

/** A configuration, and when it was last changed. */
export interface StoredGatewayConfig extends GatewayConfig {
  readonly updatedAt: Date;
}

const SOME = {
  name: 'read_gateway_configs',
  text: `SELECT ${GATEWAY_CONFIG_COLUMNS} FROM gateway_configs
    WHERE gateway_provider = ANY ($1) ORDER BY priority, gateway_provider`,
};

/** The configurations of all gateways, by ascending priority. */
export async function readGatewayConfigs(source: DataSource): Promise<StoredGatewayConfig[]> {
  const rows = await readRows<GatewayConfigRow>(source, SOME, [GATEWAY_PROVIDERS]);
  return rows.map((row) => ({ ...gatewayConfigOfRow(row), updatedAt: row.updated_at }));
}

/**
 * The current configuration, if `source` is the primary.
 *
 * @throws Error if its row is missing: a migration inserts it
 */
export async function readGatewayConfig(
  source: DataSource,
  provider: GatewayProvider,
): Promise<GatewayConfig> {
  const [row] = await readRows<GatewayConfigRow>(source, SOME, [[provider]]);
  if (row === undefined) throw new Error(`gateway_configs has no row of ${provider}`);
  return gatewayConfigOfRow(row);
}
