import { ApiError } from '@paypal/paypal-server-sdk';
import { responseTimeOf } from '../client/response-headers.js';
import { arrayAt, isJsonObject, type JsonObject, parseWebhookBody } from '../webhook-body.js';

/** An error response of PayPal itself. */
export interface Refusal {
  /** Class of the error: `UNPROCESSABLE_ENTITY`. */
  readonly name: string;
  /** Particular error: `INSTRUMENT_DECLINED`; empty if there is none. */
  readonly issue: string;
  readonly message: string | null;
  readonly body: JsonObject;
  /** Time of the response, in milliseconds since the epoch. */
  readonly at: number;
}

/** Null if the error is not from PayPal or cannot be read. @see https://developer.paypal.com/api/rest/responses/ */
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
