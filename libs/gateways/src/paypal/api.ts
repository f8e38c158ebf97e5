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

/** The parts of PayPal's SDK that calls are made with. */
export interface PayPalControllers {
  readonly orders: OrdersController;
  readonly payments: PaymentsController;
  /** The SDK has no call for it. @see https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_get */
  getDispute(id: string, options: RequestOptions): Promise<ApiResponse<unknown>>;
}

type RequestOptions = Parameters<OrdersController['getOrder']>[1];

/** One call by the SDK, to be ended by the signal in its options. */
export type PayPalRequest = (
  controllers: PayPalControllers,
  options: RequestOptions,
) => Promise<ApiResponse<unknown>>;

/** Larger than any answer about one order. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** PayPal's SDK, set so that a call is sent once and ends within the time-out. */
export class PayPalApi {
  readonly #timeoutMs: number;
  readonly #tokens: AccessTokens;
  readonly #connect: (accessToken: string) => PayPalControllers;
  /** Of the token that is good now: the SDK's own refreshing goes on throwing the first error that it met. */
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

  /** For one or several requests that shall all have ended within the time-out. */
  deadline(): AbortSignal {
    return AbortSignal.timeout(this.#timeoutMs);
  }

  /**
   * @returns the resource that PayPal answered with, as it came: the SDK's own reading of it leaves fields out
   * @throws TokenError, and whatever the SDK throws
   */
  async ask(request: PayPalRequest, deadline: AbortSignal): Promise<AnsweredResource> {
    const accessToken = await this.#tokens.get();
    try {
      return await this.#send(request, accessToken, deadline);
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
    }
    // Revoked before its time, so that the call did not even begin: a new token may do.
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
      // Carried out, with a field that the SDK does not expect: it may be one that nobody here asks for.
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
      // Without a time of its end, the SDK takes it for good: `AccessTokens` knows better.
      oAuthToken: { accessToken, tokenType: 'Bearer' },
    },
    // Calls end by their signal; the SDK's own time-out would begin anew with each sign of life.
    timeout: 0,
    httpClientOptions: { retryConfig: { maxNumberOfRetries: 0 } },
    unstable_httpClientOptions: { transport, proxy: false, maxContentLength: ANSWER_BYTES_MAX },
  });
}
