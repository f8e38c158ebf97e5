import { ApiError } from '@paypal/paypal-server-sdk';
import { responseTimeOf } from '../client/response-headers.js';
import { arrayAt, isJsonObject, type JsonObject, parseWebhookBody } from '../webhook-body.js';

/** An error that PayPal itself answered with. */
export interface Refusal {
  /** Of the class of errors: `UNPROCESSABLE_ENTITY`. */
  readonly name: string;
  /** What exactly: `INSTRUMENT_DECLINED`; empty where PayPal does not say. */
  readonly issue: string;
  readonly message: string | null;
  readonly body: JsonObject;
  /** When it was answered, in milliseconds of the epoch. */
  readonly at: number;
}

/** Null: not from PayPal, or not to be read. @see https://developer.paypal.com/api/rest/responses/ */
export function refusalIn(error: unknown): Refusal | null {
  if (!(error instanceof ApiError) || typeof error.body !== 'string') return null;
  const body = parsed(error.body);
  if (body === null || typeof body.name !== 'string') return null;
  const detail = arrayAt(body, 'details').find(isJsonObject) ?? {};
  const message = [detail.description, body.message].find((text) => typeof text === 'string');
  return {
    name: body.name,
    issue: typeof detail.issue === 'string' ? detail.issue : '',
    message: message ?? null,
    body,
    at: responseTimeOf(error.headers.date),
  };
}

function parsed(body: string): JsonObject | null {
  try {
    return parseWebhookBody(Buffer.from(body));
  } catch {
    return null;
  }
}
