import { readFile } from 'node:fs/promises';
import { type ApiKey, findApiKey, parseApiKeys } from './api-keys.js';
import { ConfigError } from './config.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { sleep } from './timing.js';

export interface ApiKeysFileOptions {
  /** Without a file there are no keys. */
  readonly file: string | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds between two polls (default 2,000): file watches miss how orchestrators swap mounted files. */
  readonly everyMs?: number;
}

const LOOK_EVERY_MS = 2_000;

/** The API keys of a mounted file, reloaded when it changes. An invalid change keeps the previous keys. */
export class ApiKeysFile {
  readonly #options: ApiKeysFileOptions;
  readonly #count;
  readonly #broken;
  #keys: readonly ApiKey[] = [];
  #text = '';
  /** Why the file cannot be used now; logged once. */
  #problem: string | undefined;
  readonly #closing = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  private constructor(options: ApiKeysFileOptions) {
    this.#options = options;
    this.#count = options.metrics.gauge({
      name: 'api_keys',
      help: 'API keys in use, expired ones included.',
    });
    this.#broken = options.metrics.gauge({
      name: 'api_keys_file_broken',
      help: '1 while the file of API keys cannot be read: the keys from before are in use.',
    });
    this.#broken.set(0);
  }

  /** @throws ConfigError if the file cannot be used: a service must not start without its keys */
  static async open(options: ApiKeysFileOptions): Promise<ApiKeysFile> {
    const keys = new ApiKeysFile(options);
    if (options.file === undefined) {
      options.logger.warn('without API_KEYS_FILE nobody has an API key');
      return keys;
    }
    try {
      await keys.#read(options.file);
    } catch (error) {
      throw new ConfigError([problemWith(options.file, error)]);
    }
    keys.#watching = keys.#watch(options.file, options.everyMs ?? LOOK_EVERY_MS);
    return keys;
  }

  /** Finds the key that was presented, expired or not. */
  find(presented: string): ApiKey | undefined {
    return findApiKey(this.#keys, presented);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
  }

  async #watch(file: string, everyMs: number): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#read(file);
        this.#mended();
      } catch (error) {
        this.#fail(problemWith(file, error));
      }
      await sleep(everyMs, signal).catch(() => {});
    }
  }

  async #read(file: string): Promise<void> {
    const text = await readFile(file, 'utf8');
    if (text === this.#text) return;
    this.#keys = parseApiKeys(text);
    this.#text = text;
    this.#count.set(this.#keys.length);
    this.#options.logger.info({ file, count: this.#keys.length }, 'API keys read');
  }

  #mended(): void {
    if (this.#problem !== undefined) this.#options.logger.info('the file of API keys can be read again');
    this.#problem = undefined;
    this.#broken.set(0);
  }

  #fail(problem: string): void {
    this.#broken.set(1);
    if (problem !== this.#problem) this.#options.logger.error({ problem }, 'the API keys stay as they were');
    this.#problem = problem;
  }
}

function problemWith(file: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return `API_KEYS_FILE names ${file}, which cannot be used: ${code ?? message}`;
}
