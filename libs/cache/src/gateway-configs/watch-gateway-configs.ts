import { GATEWAY_PROVIDERS, type GatewayConfig, type GatewayConfigs } from '@payments/domain';
import type { Logger } from '@payments/runtime';
import { offerNewer, type ReadCache } from '../read-through.js';
import { gatewayConfigKey, versionedConfig } from './gateway-config-key.js';
import { type ReadStoredConfig, readCachedGatewayConfig } from './read-gateway-config.js';

export interface GatewayConfigWatchOptions {
  readonly cache: ReadCache;
  readonly readStored: ReadStoredConfig;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Told of each change, once it is what `current` gives. Must not throw. */
  readonly onChange?: (config: GatewayConfig, before: GatewayConfig) => void;
  /** How often Redis is looked at: every second by default. */
  readonly pollMs?: number;
  /** How often Postgres is asked whatever Redis says: every ten seconds by default. */
  readonly verifyMs?: number;
}

export interface GatewayConfigWatch {
  /** The newest configurations that are known; while neither Redis nor Postgres answers, those known before. */
  current(): GatewayConfigs;
  close(): void;
}

/**
 * Reads every gateway's configuration now, and then again and again. A change commits and then invalidates the key in
 * Redis, so that the next look, within `pollMs`, finds nothing there and asks Postgres. While Redis is down each look
 * asks Postgres, which takes as long to notice. Only a change by somebody who reaches Postgres and not Redis, while
 * this process reaches both, takes `verifyMs`.
 *
 * @throws what `readStored` throws, the first time; later it is logged, and tried again.
 */
export async function watchGatewayConfigs(options: GatewayConfigWatchOptions): Promise<GatewayConfigWatch> {
  const known = await Promise.all(GATEWAY_PROVIDERS.map((provider) => options.readStored(provider)));
  return new ConfigWatch(options, Object.fromEntries(known.map((config) => [config.provider, config])));
}

const POLL_MS = 1_000;
const VERIFY_MS = 10_000;

class ConfigWatch implements GatewayConfigWatch {
  readonly #options: GatewayConfigWatchOptions;
  #known: GatewayConfigs;
  #timer: NodeJS.Timeout | undefined;
  #verifiedAt = performance.now();
  #isClosed = false;
  #isFailing = false;

  constructor(options: GatewayConfigWatchOptions, known: Readonly<Record<string, GatewayConfig>>) {
    this.#options = options;
    this.#known = known as GatewayConfigs;
    this.#lookLater();
  }

  current(): GatewayConfigs {
    return this.#known;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#look(), this.#options.pollMs ?? POLL_MS);
  }

  async #look(): Promise<void> {
    try {
      await Promise.all(this.#isTimeToVerify() ? this.#readAllStored() : this.#readAllCached());
      this.#isFailing = false;
    } catch (error) {
      this.#failed(error);
    }
    this.#lookLater();
  }

  #isTimeToVerify(): boolean {
    const now = performance.now();
    if (now - this.#verifiedAt < (this.#options.verifyMs ?? VERIFY_MS)) return false;
    this.#verifiedAt = now;
    return true;
  }

  #readAllStored(): Promise<void>[] {
    const { cache, readStored } = this.#options;
    return GATEWAY_PROVIDERS.map(async (provider) => {
      const config = await readStored(provider);
      offerNewer(cache, gatewayConfigKey(provider), versionedConfig(config));
      this.#learn(config);
    });
  }

  #readAllCached(): Promise<void>[] {
    const { cache, readStored } = this.#options;
    return GATEWAY_PROVIDERS.map(async (provider) => {
      const config = await readCachedGatewayConfig(cache, provider, readStored);
      // Redis may hold one that Postgres was found to be past.
      if (config.version >= this.#known[provider].version) this.#learn(config);
    });
  }

  #learn(config: GatewayConfig): void {
    const before = this.#known[config.provider];
    if (this.#isClosed || config.version === before.version) return;
    this.#known = { ...this.#known, [config.provider]: config };
    this.#options.logger.info({ before, config }, 'the configuration of a gateway has changed');
    this.#options.onChange?.(config, before);
  }

  #failed(error: unknown): void {
    if (!this.#isFailing) {
      this.#options.logger.warn({ err: error }, 'gateway configurations cannot be read: the last ones hold');
    }
    this.#isFailing = true;
  }
}
