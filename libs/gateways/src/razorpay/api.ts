import { AsyncLocalStorage } from 'node:async_hooks';
import Razorpay from 'razorpay';
import { type AxiosTransport, createAxiosTransport } from '../client/axios-transport.js';
import type { RazorpayClientSettings } from '../client/client-settings.js';
import { responseTimeOf } from '../client/response-headers.js';
import { isJsonObject, type JsonObject } from '../webhook-body.js';
import { unreadable } from '../webhook-error.js';
import { RequestFailed } from './request-failed.js';

type Sdk = InstanceType<typeof Razorpay>;

/** One request by the SDK. */
export type RazorpayRequest = (sdk: Sdk) => Promise<unknown>;

/** The entity of a response, and the response's time in milliseconds since the epoch. */
export interface AnsweredEntity {
  readonly entity: JsonObject;
  readonly at: number;
}

/** The inputs and outputs of a request for which the SDK has no parameter or result. */
interface Exchange {
  readonly deadline: AbortSignal;
  readonly refundKey: string | undefined;
  /** Time of the response. */
  at: number;
  /** The error of axios. The SDK drops parts of it and turns a lost connection into a TypeError. */
  failure: unknown;
}

/** The SDK's axios instance, which its types do not have. */
interface Axios {
  readonly defaults: {
    transport: AxiosTransport;
    proxy: false;
    maxContentLength: number;
  };
  readonly interceptors: {
    readonly request: { use(onRequest: (config: AxiosConfig) => AxiosConfig): void };
    readonly response: {
      use(onResponse: (response: AxiosResponse) => AxiosResponse, onError: (error: unknown) => never): void;
    };
  };
}

interface AxiosConfig {
  signal?: AbortSignal;
  readonly headers: { set(name: string, value: string): void };
}

interface AxiosResponse {
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Larger than any answer about one order. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Razorpay's SDK, configured to send a call once and to end it within the time-out. */
export class RazorpayApi {
  readonly #sdk: Sdk;
  readonly #timeoutMs: number;
  readonly #exchanges = new AsyncLocalStorage<Exchange>();

  constructor(settings: RazorpayClientSettings) {
    this.#timeoutMs = settings.timeoutMs;
    this.#sdk = new Razorpay({ key_id: settings.keyId, key_secret: settings.keySecret });
    const axios = (this.#sdk.api as unknown as { readonly rq: Axios }).rq;
    axios.defaults.transport = createAxiosTransport(settings);
    axios.defaults.proxy = false;
    axios.defaults.maxContentLength = ANSWER_BYTES_MAX;
    this.#intercept(axios);
  }

  /** A signal for requests that together have to end within the time-out. */
  deadline(): AbortSignal {
    return AbortSignal.timeout(this.#timeoutMs);
  }

  /**
   * @param refundKey sent as `X-Refund-Idempotency`, a header that the SDK would drop
   * @throws RequestFailed, WebhookError `unreadable` if the answer is no JSON object
   */
  async ask(request: RazorpayRequest, deadline: AbortSignal, refundKey?: string): Promise<AnsweredEntity> {
    const exchange: Exchange = { deadline, refundKey, at: 0, failure: undefined };
    let entity: unknown;
    try {
      entity = await this.#exchanges.run(exchange, () => request(this.#sdk));
    } catch (error) {
      throw new RequestFailed(exchange.failure ?? error, deadline.aborted);
    }
    if (!isJsonObject(entity)) throw unreadable('the answer is no JSON object');
    return { entity, at: exchange.at };
  }

  #intercept({ interceptors }: Axios): void {
    interceptors.request.use((config) => {
      const { deadline, refundKey } = this.#exchange();
      config.signal = deadline;
      if (refundKey !== undefined) config.headers.set('X-Refund-Idempotency', refundKey);
      return config;
    });
    interceptors.response.use(
      (response) => {
        this.#exchange().at = responseTimeOf(response.headers.date);
        return response;
      },
      (error) => {
        this.#exchange().failure = error;
        throw error;
      },
    );
  }

  #exchange(): Exchange {
    const exchange = this.#exchanges.getStore();
    if (exchange === undefined) throw new Error('a request of the SDK outside of `ask`');
    return exchange;
  }
}
