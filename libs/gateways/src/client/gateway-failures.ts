import { WebhookError } from '../webhook-error.js';
import { GatewayError } from './gateway-error.js';
import { neverConnected } from './never-connected.js';

/** A call either changes something at the gateway, or only asks. */
export type CallKind = 'mutation' | 'read';

/** What is known of a call without an answer that can be believed. */
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
    ...(httpStatus === undefined ? {} : { httpStatus }),
  });
}

/** What is known of a call whose connection failed, by the error that the HTTP client threw. */
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

/** An answer that does not say what such an answer says; undefined if the error is about something else. */
export function unreadableAnswerError(kind: CallKind, error: unknown): GatewayError | undefined {
  return error instanceof WebhookError ? unansweredError(kind, 'unreadable_answer', error) : undefined;
}
