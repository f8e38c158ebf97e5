import { AbortError, ApiError } from '@paypal/paypal-server-sdk';
import { GatewayError, type GatewayErrorType } from '../client/gateway-error.js';
import {
  type CallKind,
  connectionError,
  unansweredError,
  unreadableAnswerError,
} from '../client/gateway-failures.js';
import { retryAfterMsOf } from '../client/response-headers.js';
import { failureOf } from '../fact-parts.js';
import { TokenError } from './access-tokens.js';
import { meaningOfIssue } from './issues.js';
import { type Refusal, refusalIn } from './refusal.js';

/**
 * Classifies an error of the SDK: above all, whether the call was provably not executed.
 *
 * Source: https://developer.paypal.com/api/rest/responses/
 */
export function paypalErrorOf(kind: CallKind, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof TokenError) return withoutToken(kind, error);
  if (!(error instanceof ApiError)) {
    return unreadableAnswerError(kind, error) ?? connectionError(kind, error, error instanceof AbortError);
  }
  const { statusCode, headers } = error;
  const refusal = refusalIn(error);
  const type = typeOf(statusCode, refusal);
  if (type === null) return unansweredError(kind, `http_${statusCode}`, error, statusCode);
  return new GatewayError({
    type,
    failure: failureOf([refusal?.issue, refusal?.name, type], refusal?.message) ?? {
      code: type,
      message: null,
    },
    httpStatus: statusCode,
    retryAfterMs: retryAfterMsOf(headers['retry-after']),
    cause: error,
  });
}

/** Without a token the call was not sent, whatever became of the token request. */
function withoutToken(kind: CallKind, { cause }: TokenError): GatewayError {
  if (cause instanceof ApiError && cause.statusCode === 400) {
    return new GatewayError({
      type: 'AUTHENTICATION_ERROR',
      failure: { code: 'no_access_token', message: null },
      httpStatus: 400,
      cause,
    });
  }
  const failed = paypalErrorOf('read', cause);
  if (kind === 'read' || failed.type !== 'API_ERROR') return failed;
  return new GatewayError({
    type: 'API_CONNECTION_ERROR',
    failure: { code: 'no_access_token', message: null },
    httpStatus: failed.httpStatus,
    cause: failed,
  });
}

/** Null if the response does not prove that PayPal rejected the call. */
function typeOf(status: number, refusal: Refusal | null): GatewayErrorType | null {
  if (status === 429) return 'RATE_LIMIT_ERROR';
  if (status === 401 || (status === 403 && refusal !== null)) return 'AUTHENTICATION_ERROR';
  if (status < 400 || status >= 500 || refusal === null) return null;
  const meaning = meaningOfIssue(refusal.issue);
  if (status === 409 || meaning === 'conflict') return 'IDEMPOTENCY_CONFLICT';
  return meaning === 'declined' ? 'CARD_DECLINED' : 'INVALID_REQUEST';
}
