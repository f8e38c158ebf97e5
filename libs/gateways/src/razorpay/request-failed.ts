import { isJsonObject, type JsonObject, objectAt } from '../webhook-body.js';

/** Why a request has no answer, or which refusal it was answered with. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly isTimeout: boolean;
  readonly response: RefusingResponse | null;

  /** @param cause what axios threw */
  constructor(cause: unknown, isTimeout: boolean) {
    super('the request failed', { cause });
    this.isTimeout = isTimeout;
    this.response = responseIn(cause);
  }
}

export interface RefusingResponse {
  readonly status: number;
  readonly headers: JsonObject;
  /** Of Razorpay's own refusals; empty where something on the way answered. */
  readonly error: JsonObject;
}

function responseIn(cause: unknown): RefusingResponse | null {
  if (typeof cause !== 'object' || cause === null || !('response' in cause)) return null;
  const { response } = cause;
  if (!isJsonObject(response) || typeof response.status !== 'number') return null;
  const error = objectAt(objectAt(response, 'data'), 'error');
  return { status: response.status, headers: objectAt(response, 'headers'), error };
}
