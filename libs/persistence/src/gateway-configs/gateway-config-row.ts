import { type GatewayConfig, type GatewayProvider, gatewayConfigOf } from '@payments/domain';

/** A row of `gateway_configs`. */
export interface GatewayConfigRow {
  readonly gateway_provider: GatewayProvider;
  readonly enabled: boolean;
  readonly priority: number;
  readonly max_concurrency: number;
  readonly requests_per_second: number;
  readonly timeout_ms: number;
  readonly breaker_error_threshold_percent: number;
  readonly breaker_volume_threshold: number;
  readonly breaker_window_ms: number;
  readonly breaker_reset_after_ms: number;
  readonly version: number;
  readonly updated_at: Date;
}

export const GATEWAY_CONFIG_COLUMNS = `gateway_provider, enabled, priority, max_concurrency, requests_per_second,
  timeout_ms, breaker_error_threshold_percent, breaker_volume_threshold, breaker_window_ms, breaker_reset_after_ms,
  version, updated_at`;

export function gatewayConfigOfRow(row: GatewayConfigRow): GatewayConfig {
  const { gateway_provider: provider, enabled, version } = row;
  return gatewayConfigOf(
    { provider, enabled, version },
    {
      priority: row.priority,
      maxConcurrency: row.max_concurrency,
      requestsPerSecond: row.requests_per_second,
      timeoutMs: row.timeout_ms,
      'breaker.errorThresholdPercent': row.breaker_error_threshold_percent,
      'breaker.volumeThreshold': row.breaker_volume_threshold,
      'breaker.windowMs': row.breaker_window_ms,
      'breaker.resetAfterMs': row.breaker_reset_after_ms,
    },
  );
}
