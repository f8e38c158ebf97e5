import { setTimeout as delay } from 'node:timers/promises';
import type { DemoSettings } from './settings.js';

const ANSWER_MS_MAX = 10_000;
const DECIDED_MS_MAX = 30_000;
const POLL_EVERY_MS = 5;
/** More than any payment of the demo has. */
const TIMELINE_ENTRIES_MAX = 100;

/** The requested resource or a problem (RFC 9457), with the fields that the demo reads. */
export interface ApiAnswer<Body> {
  readonly status: number;
  readonly body: Partial<Body> & { readonly title?: string };
}

export interface CommandState {
  readonly outcome: string;
  readonly code: string | null;
  /** Null if there is no intent. */
  readonly intentVersion: number | null;
}

export interface PaymentState {
  readonly status: string;
  readonly version: number;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
}

/** An entry of a timeline, with the fields that the demo shows. Times in ISO 8601. */
export type TimelineEntry = { readonly at: string } & (
  | {
      readonly kind: 'command';
      readonly type: string;
      readonly outcome: string;
      readonly code: string | null;
    }
  | {
      readonly kind: 'gateway_attempt';
      readonly operation: string;
      readonly state: string;
      readonly gatewayProvider: string;
      readonly sends: number;
      readonly errorCode: string | null;
      readonly unknownSince: string | null;
      readonly finishedAt: string | null;
    }
  | {
      readonly kind: 'transaction';
      readonly type: string;
      readonly status: string;
      readonly amount: number;
      readonly currency: string;
      readonly gatewayProvider: string;
    }
  | {
      readonly kind: 'webhook';
      readonly eventType: string;
      readonly status: string;
      readonly gatewayProvider: string;
    }
);

/** The HTTP APIs of the ingress and the query service, as an order service uses them. */
export class PaymentsApi {
  readonly #ingressUrl: string;
  readonly #queryUrl: string;
  readonly #authorization: { readonly authorization: string };

  constructor(settings: Pick<DemoSettings, 'INGRESS_URL' | 'QUERY_URL' | 'PAYMENTS_API_KEY'>) {
    this.#ingressUrl = withoutSlash(settings.INGRESS_URL);
    this.#queryUrl = withoutSlash(settings.QUERY_URL);
    this.#authorization = { authorization: `Bearer ${settings.PAYMENTS_API_KEY}` };
  }

  /** @param path relative to /v1/payment-intents */
  post(
    path: string,
    body: object,
    { idempotencyKey, withKey = true }: { readonly idempotencyKey: string; readonly withKey?: boolean },
  ): Promise<ApiAnswer<{ commandId: string }>> {
    return answerTo(`${this.#ingressUrl}/v1/payment-intents${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        ...(withKey ? this.#authorization : {}),
      },
      body: JSON.stringify(body),
    });
  }

  /** Waits for the outcome of a command; undefined if there is none after half a minute. */
  async untilDecided(commandId: string): Promise<CommandState | undefined> {
    for (const endAt = performance.now() + DECIDED_MS_MAX; performance.now() < endAt; ) {
      const command = await this.#get<CommandState>(`/v1/commands/${commandId}`);
      if (command !== undefined) return command;
      await delay(POLL_EVERY_MS);
    }
    return undefined;
  }

  /** Waits until a payment has the status, at most for half a minute; undefined if there is no payment. */
  async paymentOnce(intentId: string, status: string): Promise<PaymentState | undefined> {
    const endAt = performance.now() + DECIDED_MS_MAX;
    for (;;) {
      const payment = await this.payment(intentId);
      if ((payment?.status ?? '') === status || performance.now() > endAt) return payment;
      await delay(POLL_EVERY_MS);
    }
  }

  /** Reads past the cache, to see the changes of a command; undefined if there is no payment. */
  payment(intentId: string): Promise<PaymentState | undefined> {
    return this.#get(`/v1/payment-intents/${intentId}?afterVersion=0`);
  }

  /** Oldest first; empty if there is no such payment. */
  async timeline(intentId: string): Promise<readonly TimelineEntry[]> {
    const path = `/v1/payment-intents/${intentId}/timeline?limit=${TIMELINE_ENTRIES_MAX}`;
    return (await this.#get<{ entries: TimelineEntry[] }>(path))?.entries ?? [];
  }

  async paymentsOf(orderId: string): Promise<number> {
    const order = await this.#get<{ payments: unknown[] }>(`/v1/orders/${orderId}/payments`);
    return order?.payments.length ?? 0;
  }

  /** @throws Error on any answer but 200 and 404. */
  async #get<Body>(path: string): Promise<Body | undefined> {
    const { status, body } = await answerTo<Body>(this.#queryUrl + path, { headers: this.#authorization });
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`GET ${path} was answered with ${status} ${body.title ?? ''}`);
    return body as Body;
  }
}

async function answerTo<Body>(url: string, init: RequestInit): Promise<ApiAnswer<Body>> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  return { status: response.status, body: (await response.json()) as ApiAnswer<Body>['body'] };
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}
