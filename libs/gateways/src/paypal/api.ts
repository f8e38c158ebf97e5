import {
  type ApiResponse,
  Client,
  OrdersController,
  PaymentsController,
  ResponseValidationError,
} from '@paypal/paypal-server-sdk';
import { createAxiosTransport } from '../client/axios-transport.js';
import type { PayPalClientSettings } from '../client/client-settings.js';
import { AccessTokens, isTokenRefused } from './access-tokens.js';
import { type AnsweredResource, answeredResource } from './answered-resource.js';

/** The methods of PayPal's SDK, and one that it lacks. */
export interface PayPalControllers {
  readonly orders: OrdersController;
  readonly payments: PaymentsController;
  /** The SDK has no method for it. @see https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_get */
  getDispute(id: string, options: RequestOptions): Promise<ApiResponse<unknown>>;
}

type RequestOptions = Parameters<OrdersController['getOrder']>[1];

/** One request by the SDK, aborted by the signal in its options. */
export type PayPalRequest = (
  controllers: PayPalControllers,
  options: RequestOptions,
) => Promise<ApiResponse<unknown>>;

/** Larger than any answer about one order. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** PayPal's SDK, configured to send a call once and to end it within the time-out. */
export class PayPalApi {
  readonly #timeoutMs: number;
  readonly #tokens: AccessTokens;
  readonly #connect: (accessToken: string) => PayPalControllers;
  /** Controllers of the present token. The SDK's own refresh is not used: it keeps throwing its first error. */
  #connected: { readonly accessToken: string; readonly controllers: PayPalControllers } | null = null;

  constructor(settings: PayPalClientSettings) {
    const transport = createAxiosTransport(settings);
    this.#timeoutMs = settings.timeoutMs;
    this.#connect = (accessToken) => {
      const client = sdkClient(settings, transport, accessToken);
      return {
        orders: new OrdersController(client),
        payments: new PaymentsController(client),
        getDispute: (id, options) => getDispute(client, id, options),
      };
    };
    this.#tokens = new AccessTokens(settings, sdkClient(settings, transport, ''));
  }

  /** A signal for requests that together have to end within the time-out. */
  deadline(): AbortSignal {
    return AbortSignal.timeout(this.#timeoutMs);
  }

  /**
   * @returns the resource from the response's body: the SDK's parsed result lacks fields
   * @throws TokenError, and whatever the SDK throws
   */
  async ask(request: PayPalRequest, deadline: AbortSignal): Promise<AnsweredResource> {
    const accessToken = await this.#tokens.get();
    try {
      return await this.#send(request, accessToken, deadline);
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
    }
    // The token was revoked before it expired, and the call not executed: a new token may work.
    this.#tokens.forget(accessToken);
    return this.#send(request, await this.#tokens.get(), deadline);
  }

  async #send(request: PayPalRequest, accessToken: string, abortSignal: AbortSignal) {
    if (this.#connected?.accessToken !== accessToken) {
      this.#connected = { accessToken, controllers: this.#connect(accessToken) };
    }
    try {
      return answeredResource(await request(this.#connected.controllers, { abortSignal }));
    } catch (error) {
      // The call succeeded, but the SDK rejects a field of the response, which may be one that is not used here.
      if (error instanceof ResponseValidationError) return answeredResource(error);
      throw error;
    }
  }
}

function getDispute(client: Client, id: string, options: RequestOptions): Promise<ApiResponse<string>> {
  const request = client.getRequestBuilderFactory()('GET');
  request.appendTemplatePath`/v1/customer/disputes/${id}`;
  request.authenticate([{ oauth2: true }]);
  return request.callAsText(options);
}

function sdkClient(settings: PayPalClientSettings, transport: object, accessToken: string): Client {
  const { clientId, clientSecret } = settings;
  return new Client({
    clientCredentialsAuthCredentials: {
      oAuthClientId: clientId,
      oAuthClientSecret: clientSecret,
      // Without an expiry, so that the SDK never refreshes it: `AccessTokens` does.
      oAuthToken: { accessToken, tokenType: 'Bearer' },
    },
    // Calls are ended by their signal; the SDK's own time-out restarts whenever bytes arrive.
    timeout: 0,
    httpClientOptions: { retryConfig: { maxNumberOfRetries: 0 } },
    unstable_httpClientOptions: { transport, proxy: false, maxContentLength: ANSWER_BYTES_MAX },
  });
}
