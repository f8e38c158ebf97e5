import type { GatewayProvider } from '@payments/domain';
import type { GatewayClientSettings } from '@payments/gateways';
import { ConfigError } from '@payments/runtime';
import type { GatewayServiceConfig } from './config.js';
import { type Credential, misplacedCredentials } from './misplaced-credentials.js';

type CredentialName =
  | 'STRIPE_API_KEY'
  | 'PAYPAL_CLIENT_ID'
  | 'PAYPAL_CLIENT_SECRET'
  | 'RAZORPAY_KEY_ID'
  | 'RAZORPAY_KEY_SECRET';

const API_BASES = {
  stripe: 'STRIPE_API_BASE',
  paypal: 'PAYPAL_API_BASE',
  razorpay: 'RAZORPAY_API_BASE',
} as const satisfies Record<GatewayProvider, keyof GatewayServiceConfig>;

/**
 * How this process connects to its gateway, and with which credentials.
 *
 * @throws ConfigError that lists what is missing, and what does not belong at the configured URL
 */
export function clientSettingsOf(config: GatewayServiceConfig, timeoutMs: number): GatewayClientSettings {
  const { GATEWAY_PROVIDER: provider } = config;
  const missing: string[] = [];
  const credentials: Credential[] = [];
  const credential = (name: CredentialName): string => {
    const value = config[name];
    if (value === undefined) missing.push(`${name} is not set: GATEWAY_PROVIDER=${provider} needs it`);
    else credentials.push({ name, value });
    return value ?? '';
  };
  const settings = SETTINGS[provider](config, credential, timeoutMs);
  const base = { name: API_BASES[provider], url: settings.apiBase };
  const problems = [...missing, ...misplacedCredentials(provider, base, credentials)];
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

type ReadSettings = (
  config: GatewayServiceConfig,
  credential: (name: CredentialName) => string,
  timeoutMs: number,
) => GatewayClientSettings;

const SETTINGS = {
  stripe: (config, credential, timeoutMs) => ({
    provider: 'stripe',
    apiBase: config.STRIPE_API_BASE,
    apiKey: credential('STRIPE_API_KEY'),
    timeoutMs,
  }),
  paypal: (config, credential, timeoutMs) => ({
    provider: 'paypal',
    apiBase: config.PAYPAL_API_BASE,
    clientId: credential('PAYPAL_CLIENT_ID'),
    clientSecret: credential('PAYPAL_CLIENT_SECRET'),
    timeoutMs,
  }),
  razorpay: (config, credential, timeoutMs) => ({
    provider: 'razorpay',
    apiBase: config.RAZORPAY_API_BASE,
    keyId: credential('RAZORPAY_KEY_ID'),
    keySecret: credential('RAZORPAY_KEY_SECRET'),
    timeoutMs,
  }),
} as const satisfies Record<GatewayServiceConfig['GATEWAY_PROVIDER'], ReadSettings>;
