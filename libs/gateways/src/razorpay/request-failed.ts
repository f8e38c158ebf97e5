import { isJsonObject, type JsonObject, objectAt } from '../webhook-body.js';

/** A request without a response, or with an error response. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly isTimeout: boolean;
  readonly response: RefusingResponse | null;

  /** @param cause the error of axios */
  constructor(cause: unknown, isTimeout: boolean) {
    super('the request failed', { cause });
    this.isTimeout = isTimeout;
    this.response = responseIn(cause);
  }
}

export interface RefusingResponse {
  readonly status: number;
  readonly headers: JsonObject;
  /** The error object of Razorpay's own responses; empty if a proxy answered. */
  readonly error: JsonObject;
}

function responseIn(cause: unknown): RefusingResponse | null {
  if (typeof cause !== 'object' || cause === null || !('response' in cause)) return null;
  const { response } = cause;
  if (!isJsonObject(response) || typeof response.status !== 'number') return null;
  const error = objectAt(objectAt(response, 'data'), 'error');
  return { status: response.status, headers: objectAt(response, 'headers'), error };
}
