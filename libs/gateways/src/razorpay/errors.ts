import { GatewayError, type GatewayErrorType } from '../client/gateway-error.js';
import {
  type CallKind,
  connectionError,
  unansweredError,
  unreadableAnswerError,
} from '../client/gateway-failures.js';
import { retryAfterMsOf } from '../client/response-headers.js';
import { failureOf } from '../fact-parts.js';
import { type RefusingResponse, RequestFailed } from './request-failed.js';

/**
 * Classifies an error: above all, whether the call was provably not executed.
 *
 * Source: https://razorpay.com/docs/errors/
 */
export function razorpayErrorOf(kind: CallKind, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (!(error instanceof RequestFailed)) {
    return unreadableAnswerError(kind, error) ?? unansweredError(kind, 'unreadable_answer', error);
  }
  const { response, cause, isTimeout } = error;
  if (response === null) return connectionError(kind, cause, isTimeout);
  const { status, headers, error: body } = response;
  const type = typeOf(response);
  if (type === null) return unansweredError(kind, `http_${status}`, error, status);
  return new GatewayError({
    type,
    failure: failureOf([reasonIn(body), body.code, type], body.description) ?? { code: type, message: null },
    httpStatus: status,
    retryAfterMs: retryAfterMsOf(headers['retry-after']),
    cause: error,
  });
}

/** Razorpay has no code for these; the texts are from its documentation. */
const CONFLICT = /idempotency|is (?:already )?in progress/i;
const MISSING = /\bid provided does not exist|is not a valid id/i;

/** Null if the response does not prove that Razorpay rejected the call. */
function typeOf({ status, error }: RefusingResponse): GatewayErrorType | null {
  if (status === 429) return 'RATE_LIMIT_ERROR';
  if (status === 401 || (status === 403 && typeof error.code === 'string')) return 'AUTHENTICATION_ERROR';
  // GATEWAY_ERROR and SERVER_ERROR: a bank or Razorpay failed, possibly after the call took effect.
  if (status < 400 || status >= 500 || error.code !== 'BAD_REQUEST_ERROR') return null;
  return status === 409 || CONFLICT.test(String(error.description))
    ? 'IDEMPOTENCY_CONFLICT'
    : 'INVALID_REQUEST';
}

/** Whether there is no object with the requested id: Razorpay answers with 400, not with 404. */
export function isMissing(error: unknown): boolean {
  const { response = null } = error instanceof RequestFailed ? error : {};
  return response?.status === 400 && MISSING.test(String(response.error.description));
}

/** Razorpay writes `NA` if there is none. */
function reasonIn({ reason }: RefusingResponse['error']): unknown {
  return reason === 'NA' ? undefined : reason;
}
