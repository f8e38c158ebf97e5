import { ApiError, type Client, OAuthAuthorizationController } from '@paypal/paypal-server-sdk';
import type { PayPalClientSettings } from '../client/client-settings.js';

/** No token could be had: the call that needed it was not sent. */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  constructor(cause: unknown) {
    super('no access token', { cause });
  }
}

/** So long before its end a token is replaced: calls that are under way shall end with it. */
const MARGIN_MS = 60_000;
/** Of a token that does not say when it ends. */
const LIFETIME_MS = 10 * 60_000;

interface Token {
  readonly accessToken: string;
  readonly endsAt: number;
}

/**
 * The access token that calls share. However many wait for one, it is asked for once.
 * @see https://developer.paypal.com/api/rest/authentication/
 */
export class AccessTokens {
  readonly #authorization: string;
  readonly #controller: OAuthAuthorizationController;
  readonly #timeoutMs: number;
  #token: Token | null = null;
  #asked: Promise<Token> | null = null;

  constructor({ clientId, clientSecret, timeoutMs }: PayPalClientSettings, client: Client) {
    this.#authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    this.#controller = new OAuthAuthorizationController(client);
    this.#timeoutMs = timeoutMs;
  }

  /** @throws TokenError */
  async get(): Promise<string> {
    if (this.#token !== null && this.#token.endsAt > Date.now()) return this.#token.accessToken;
    this.#asked ??= this.#ask().finally(() => {
      this.#asked = null;
    });
    return (await this.#asked).accessToken;
  }

  /** PayPal does not take it any more. */
  forget(accessToken: string): void {
    if (this.#token?.accessToken === accessToken) this.#token = null;
  }

  async #ask(): Promise<Token> {
    try {
      const { result } = await this.#controller.requestToken(
        { authorization: this.#authorization },
        undefined,
        { abortSignal: AbortSignal.timeout(this.#timeoutMs) },
      );
      const lifetimeMs = result.expiresIn === undefined ? LIFETIME_MS : Number(result.expiresIn) * 1000;
      this.#token = { accessToken: result.accessToken, endsAt: Date.now() + lifetimeMs - MARGIN_MS };
      return this.#token;
    } catch (error) {
      throw new TokenError(error);
    }
  }
}

export function isTokenRefused(error: unknown): boolean {
  return error instanceof ApiError && error.statusCode === 401;
}
