import {
  type GatewayConfig,
  type GatewayConfigNumbers,
  type GatewayProvider,
  gatewayConfigNumbers,
  gatewayConfigOf,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type Act, type AuditAction, appendAudit } from '../audit/audit-log.js';
import { GATEWAY_CONFIG_COLUMNS, type GatewayConfigRow, gatewayConfigOfRow } from './gateway-config-row.js';

/** A change of the kill switch, or of some numbers. */
export type GatewayConfigChange =
  | { readonly enabled: boolean }
  | { readonly numbers: Partial<GatewayConfigNumbers> };

export interface ChangedGatewayConfig {
  readonly before: GatewayConfig;
  readonly after: GatewayConfig;
  /** False if the configuration was like this before: then nothing was written, nor audited. */
  readonly changed: boolean;
}

const LOCK = `SELECT ${GATEWAY_CONFIG_COLUMNS} FROM gateway_configs WHERE gateway_provider = $1 FOR NO KEY UPDATE`;

const UPDATE = `
UPDATE gateway_configs SET version = version + 1, updated_at = now(), enabled = $2, priority = $3,
  max_concurrency = $4, requests_per_second = $5, timeout_ms = $6, breaker_error_threshold_percent = $7,
  breaker_volume_threshold = $8, breaker_window_ms = $9, breaker_reset_after_ms = $10
WHERE gateway_provider = $1`;

/**
 * Changes the configuration of a gateway, and records who did it and why. Call `forgetGatewayConfig` of libs/cache
 * after the commit, so that readers see the change.
 *
 * @throws an error of kind `statement` (see `databaseErrorOf`) for a number out of its range.
 */
export async function changeGatewayConfig(
  em: EntityManager,
  provider: GatewayProvider,
  change: GatewayConfigChange,
  act: Act,
): Promise<ChangedGatewayConfig> {
  const [row]: GatewayConfigRow[] = await em.query(LOCK, [provider]);
  if (row === undefined) throw new Error(`gateway_configs has no row of ${provider}`);
  const before = gatewayConfigOfRow(row);
  const after = changed(before, change);
  if (isUnchanged(before, after)) return { before, after: before, changed: false };
  await em.query(UPDATE, valuesOf(after));
  await appendAudit(em, {
    ...act,
    action: actionOf(change),
    subject: `gateway:${provider}`,
    before: auditedOf(before),
    after: auditedOf(after),
  });
  return { before, after, changed: true };
}

function changed(before: GatewayConfig, change: GatewayConfigChange): GatewayConfig {
  const head = { ...before, version: before.version + 1 };
  const numbers = gatewayConfigNumbers(before);
  if ('enabled' in change) return gatewayConfigOf({ ...head, enabled: change.enabled }, numbers);
  return gatewayConfigOf(head, { ...numbers, ...change.numbers });
}

function isUnchanged(before: GatewayConfig, after: GatewayConfig): boolean {
  return JSON.stringify({ ...before, version: 0 }) === JSON.stringify({ ...after, version: 0 });
}

function actionOf(change: GatewayConfigChange): AuditAction {
  if ('numbers' in change) return 'gateway.set';
  return change.enabled ? 'gateway.enable' : 'gateway.disable';
}

/** Flat, with the field names of the command line. */
function auditedOf(config: GatewayConfig): Record<string, number | boolean> {
  return { enabled: config.enabled, version: config.version, ...gatewayConfigNumbers(config) };
}

function valuesOf(config: GatewayConfig): unknown[] {
  const { breaker } = config;
  return [
    config.provider,
    config.enabled,
    config.priority,
    config.maxConcurrency,
    config.requestsPerSecond,
    config.timeoutMs,
    breaker.errorThresholdPercent,
    breaker.volumeThreshold,
    breaker.windowMs,
    breaker.resetAfterMs,
  ];
}
