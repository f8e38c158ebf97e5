import { GATEWAY_PROVIDERS, type GatewayProvider } from '../gateway-provider.js';

/** How a gateway is called, for all processes alike. A person changes it while they run; JSON carries it as it is. */
export interface GatewayConfig {
  readonly provider: GatewayProvider;
  /** False is the kill switch: only attempts that have a fallback are taken up, and fail over. */
  readonly enabled: boolean;
  /** Fallbacks are tried by ascending priority. */
  readonly priority: number;
  /** Calls at a time, of one process. */
  readonly maxConcurrency: number;
  /** Calls a second, of one process. */
  readonly requestsPerSecond: number;
  /** How long an answer is waited for. */
  readonly timeoutMs: number;
  readonly breaker: BreakerConfig;
  /** Grows by one with each change. */
  readonly version: number;
}

export interface BreakerConfig {
  /** Opens at this share of failed calls in the window. */
  readonly errorThresholdPercent: number;
  /** Stays closed with fewer calls in the window. */
  readonly volumeThreshold: number;
  readonly windowMs: number;
  /** How long it stays open before one call is let through. */
  readonly resetAfterMs: number;
}

export type GatewayConfigs = Readonly<Record<GatewayProvider, GatewayConfig>>;

/** The numbers of a configuration by name, each with what it may be. Postgres checks the same. */
export const GATEWAY_CONFIG_FIELDS = {
  priority: { min: 0, max: 1_000 },
  maxConcurrency: { min: 1, max: 1_000 },
  requestsPerSecond: { min: 1, max: 10_000 },
  timeoutMs: { min: 100, max: 60_000 },
  'breaker.errorThresholdPercent': { min: 1, max: 100 },
  'breaker.volumeThreshold': { min: 1, max: 10_000 },
  'breaker.windowMs': { min: 1_000, max: 300_000 },
  'breaker.resetAfterMs': { min: 100, max: 600_000 },
} as const;

export type GatewayConfigField = keyof typeof GATEWAY_CONFIG_FIELDS;
export type GatewayConfigNumbers = Readonly<Record<GatewayConfigField, number>>;

export function isGatewayConfigField(name: string): name is GatewayConfigField {
  return Object.hasOwn(GATEWAY_CONFIG_FIELDS, name);
}

/** @returns what is wrong with the value of a field, completing a sentence that begins with its name. */
export function gatewayConfigProblem(field: GatewayConfigField, value: unknown): string | undefined {
  const { min, max } = GATEWAY_CONFIG_FIELDS[field];
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return undefined;
  return `must be a whole number from ${min} to ${max}`;
}

export function gatewayConfigNumbers(config: GatewayConfig): GatewayConfigNumbers {
  const { priority, maxConcurrency, requestsPerSecond, timeoutMs, breaker } = config;
  return {
    priority,
    maxConcurrency,
    requestsPerSecond,
    timeoutMs,
    'breaker.errorThresholdPercent': breaker.errorThresholdPercent,
    'breaker.volumeThreshold': breaker.volumeThreshold,
    'breaker.windowMs': breaker.windowMs,
    'breaker.resetAfterMs': breaker.resetAfterMs,
  };
}

export function gatewayConfigOf(
  head: Pick<GatewayConfig, 'provider' | 'enabled' | 'version'>,
  numbers: GatewayConfigNumbers,
): GatewayConfig {
  const { priority, maxConcurrency, requestsPerSecond, timeoutMs } = numbers;
  return {
    provider: head.provider,
    enabled: head.enabled,
    version: head.version,
    priority,
    maxConcurrency,
    requestsPerSecond,
    timeoutMs,
    breaker: {
      errorThresholdPercent: numbers['breaker.errorThresholdPercent'],
      volumeThreshold: numbers['breaker.volumeThreshold'],
      windowMs: numbers['breaker.windowMs'],
      resetAfterMs: numbers['breaker.resetAfterMs'],
    },
  };
}

/** Reads one that was written as JSON; undefined for anything else, such as one of another release. */
export function parseGatewayConfig(text: string): GatewayConfig | undefined {
  let value: Partial<GatewayConfig> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isGatewayConfig(value) ? value : undefined;
}

function isGatewayConfig(value: Partial<GatewayConfig> | null): value is GatewayConfig {
  if (typeof value !== 'object' || value === null) return false;
  const { provider, enabled, version, breaker } = value;
  if (!GATEWAY_PROVIDERS.some((one) => one === provider)) return false;
  if (typeof enabled !== 'boolean' || !Number.isInteger(version)) return false;
  if (typeof breaker !== 'object' || breaker === null) return false;
  const numbers = Object.entries(gatewayConfigNumbers(value as GatewayConfig));
  return numbers.every(
    ([field, number]) => gatewayConfigProblem(field as GatewayConfigField, number) === undefined,
  );
}
