import { type Database, readGatewayConfigs } from '@payments/persistence';

/** Payments wait while their gateway is disabled, so that the demo could not come to an end. */
export class GatewaysDisabledError extends Error {
  override readonly name = 'GatewaysDisabledError';
}

/** @throws GatewaysDisabledError that says how to enable them */
export async function requireEnabledGateways(database: Pick<Database, 'primary'>): Promise<void> {
  const configs = await readGatewayConfigs(database.primary);
  const disabled = configs.filter(({ enabled }) => !enabled).map(({ provider }) => provider);
  if (disabled.length === 0) return;
  const commands = disabled.map((name) => `  make payments ARGS="gateway enable ${name} --reason demo"`);
  throw new GatewaysDisabledError(
    [`disabled by an operator: ${disabled.join(', ')}. Enable and repeat:`, ...commands].join('\n'),
  );
}
