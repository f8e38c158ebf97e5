import { ApiError, type Client, OAuthAuthorizationController } from '@paypal/paypal-server-sdk';
import type { PayPalClientSettings } from '../client/client-settings.js';

/** No access token could be obtained: the call that needed it was not sent. */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  constructor(cause: unknown) {
    super('no access token', { cause });
  }
}

/** A token is replaced this long before it expires, so that calls under way can end with it. */
const MARGIN_MS = 60_000;
/** Assumed for a token that does not say when it expires. */
const LIFETIME_MS = 10 * 60_000;

interface Token {
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly replaceAt: number;
}

/**
 * The access token that calls share. Concurrent calls wait for one token request.
 *
 * @see https://developer.paypal.com/api/rest/authentication/
 */
export class AccessTokens {
  readonly #authorization: string;
  readonly #controller: OAuthAuthorizationController;
  readonly #timeoutMs: number;
  #token: Token | null = null;
  #requested: Promise<Token> | null = null;

  constructor({ clientId, clientSecret, timeoutMs }: PayPalClientSettings, client: Client) {
    this.#authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    this.#controller = new OAuthAuthorizationController(client);
    this.#timeoutMs = timeoutMs;
  }

  /** @throws TokenError */
  async get(): Promise<string> {
    if (this.#token !== null && this.#token.replaceAt > Date.now()) return this.#token.accessToken;
    this.#requested ??= this.#request().finally(() => {
      this.#requested = null;
    });
    return (await this.#requested).accessToken;
  }

  /** Drops a token that PayPal no longer accepts. */
  forget(accessToken: string): void {
    if (this.#token?.accessToken === accessToken) this.#token = null;
  }

  async #request(): Promise<Token> {
    try {
      const { result } = await this.#controller.requestToken(
        { authorization: this.#authorization },
        undefined,
        { abortSignal: AbortSignal.timeout(this.#timeoutMs) },
      );
      const lifetimeMs = result.expiresIn === undefined ? LIFETIME_MS : Number(result.expiresIn) * 1000;
      this.#token = { accessToken: result.accessToken, replaceAt: Date.now() + lifetimeMs - MARGIN_MS };
      return this.#token;
    } catch (error) {
      throw new TokenError(error);
    }
  }
}

export function isTokenRefused(error: unknown): boolean {
  return error instanceof ApiError && error.statusCode === 401;
}
