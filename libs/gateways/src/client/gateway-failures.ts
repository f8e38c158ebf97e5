import { WebhookError } from '../webhook-error.js';
import { GatewayError } from './gateway-error.js';
import { neverConnected } from './never-connected.js';

/** Whether a call changes something at the gateway, or only reads. */
export type CallKind = 'mutation' | 'read';

/** The error of a call without a credible response. */
export function unansweredError(
  kind: CallKind,
  code: string,
  cause: unknown,
  httpStatus?: number,
): GatewayError {
  return new GatewayError({
    type: kind === 'mutation' ? 'UNKNOWN_OUTCOME' : 'API_ERROR',
    failure: { code, message: null },
    cause,
    httpStatus,
  });
}

/** The error of a call whose connection failed, by the HTTP client's error. */
export function connectionError(kind: CallKind, error: unknown, isTimeout: boolean): GatewayError {
  if (!neverConnected(error)) {
    return unansweredError(kind, isTimeout ? 'timeout' : 'connection_lost', error);
  }
  return new GatewayError({
    type: 'API_CONNECTION_ERROR',
    failure: { code: 'connection_refused', message: null },
    cause: error,
  });
}

/** The error for a response that lacks what it must contain; undefined for any other error. */
export function unreadableAnswerError(kind: CallKind, error: unknown): GatewayError | undefined {
  return error instanceof WebhookError ? unansweredError(kind, 'unreadable_answer', error) : undefined;
}
