import { forgetGatewayConfig } from '@payments/cache';
import { type GatewayConfig, type GatewayProvider, gatewayConfigNumbers } from '@payments/domain';
import {
  type ChangedGatewayConfig,
  changeGatewayConfig,
  type GatewayConfigChange,
} from '@payments/persistence';
import type { CliContext } from '../../cli-context.js';
import type { ByOption, OutputOptions } from '../../options.js';
import { json } from '../../output/json.js';

export interface ChangeGatewayOptions extends OutputOptions, ByOption {
  readonly reason: string;
}

/** Commits the change with its audit entry, then invalidates the cache, if there is a Redis. */
export async function changeGateway(
  context: CliContext,
  provider: GatewayProvider,
  change: GatewayConfigChange,
  { by, reason, json: asJson }: ChangeGatewayOptions,
): Promise<void> {
  await context.withCache(async (cache) => {
    const done = await context.withDatabase(({ transaction }) =>
      transaction((em) => changeGatewayConfig(em, provider, change, { by, reason })),
    );
    // Even if nothing changed: an earlier run may have ended between its commit and this.
    const forgotten = cache !== undefined && (await forgetGatewayConfig(cache, provider));
    context.out(asJson ? json({ ...done, cacheInvalidated: forgotten }) : told(provider, done));
    if (!forgotten) {
      const why = cache === undefined ? 'REDIS_URL is not set' : 'Redis at REDIS_URL does not answer';
      context.err(
        `payments: ${why}: workers follow within ten seconds, when they ask Postgres, and not within two.\n`,
      );
    }
  });
}

function told(provider: GatewayProvider, { before, after, changed }: ChangedGatewayConfig): string {
  if (!changed) return `${provider}: nothing to change.\n`;
  const old = flat(before);
  const lines = Object.entries(flat(after))
    .filter(([name, value]) => value !== old[name])
    .map(([name, value]) => `${provider}: ${name} ${old[name]} → ${value}\n`);
  return lines.join('');
}

function flat(config: GatewayConfig): Record<string, number | boolean> {
  return { enabled: config.enabled, ...gatewayConfigNumbers(config) };
}
