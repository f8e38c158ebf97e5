import { GATEWAY_PROVIDERS, type GatewayConfig, type GatewayConfigs } from '@payments/domain';
import type { Logger } from '@payments/runtime';
import { offerNewer, type ReadCache } from '../read-through.js';
import { gatewayConfigKey, versionedConfig } from './gateway-config-key.js';
import { type ReadStoredConfig, readCachedGatewayConfig } from './read-gateway-config.js';

export interface GatewayConfigWatchOptions {
  readonly cache: ReadCache;
  readonly readStored: ReadStoredConfig;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Called for each change once `current` returns it. Must not throw. */
  readonly onChange?: (config: GatewayConfig, before: GatewayConfig) => void;
  /** Milliseconds between two polls of Redis: 1,000 by default. */
  readonly pollMs?: number;
  /** Milliseconds between two polls of Postgres, whatever Redis says: 10,000 by default. */
  readonly verifyMs?: number;
}

export interface GatewayConfigWatch {
  /** The latest known configurations; while neither Redis nor Postgres answers, those known before. */
  current(): GatewayConfigs;
  close(): void;
}

/**
 * Reads every gateway's configuration, and polls for changes. A change commits and then invalidates the key in Redis:
 * the next poll, within `pollMs`, misses there and reads Postgres. While Redis is down every poll reads Postgres, so
 * changes are seen as quickly. Only a change by a process that reaches Postgres but not Redis, while this one reaches
 * both, takes up to `verifyMs`.
 *
 * @throws what `readStored` throws, on the first read; later failures are logged and retried
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
      // Redis may hold an older version than the one read from Postgres.
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
