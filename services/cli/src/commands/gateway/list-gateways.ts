import { gatewayConfigNumbers } from '@payments/domain';
import { readGatewayConfigs, type StoredGatewayConfig } from '@payments/persistence';
import type { CliContext } from '../../cli-context.js';
import type { OutputOptions } from '../../options.js';
import { json } from '../../output/json.js';
import { type Cell, table } from '../../output/table.js';

/** `payments gateway ls`: from Postgres, which workers follow within about two seconds. */
export async function listGateways(context: CliContext, options: OutputOptions): Promise<void> {
  const configs = await context.withDatabase(({ primary }) => readGatewayConfigs(primary));
  context.out(options.json ? json({ gateways: configs }) : gatewayTable(configs));
}

/** A column per gateway, in the order in which fallbacks are tried. */
function gatewayTable(configs: readonly StoredGatewayConfig[]): string {
  const columns = configs.map(
    (config): Record<string, Cell> => ({
      enabled: config.enabled,
      ...gatewayConfigNumbers(config),
      version: config.version,
      changedAt: config.updatedAt,
    }),
  );
  const names = Object.keys(columns[0] ?? {});
  return table(
    ['', ...configs.map(({ provider }) => provider.toUpperCase())],
    names.map((name) => [name, ...columns.map((column) => column[name])]),
  );
}
