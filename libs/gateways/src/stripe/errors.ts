import Stripe from 'stripe';
import { GatewayError, type GatewayErrorType } from '../client/gateway-error.js';
import {
  type CallKind,
  connectionError,
  unansweredError,
  unreadableAnswerError,
} from '../client/gateway-failures.js';
import { retryAfterMsOf } from '../client/response-headers.js';
import { failureOf } from '../fact-parts.js';
import { isJsonObject } from '../webhook-body.js';
import { answerWithError } from './answer.js';

const { StripeConnectionError, StripeError, StripeRateLimitError } = Stripe.errors;

/**
 * Classifies an error of the SDK: above all, whether the call was provably not executed.
 *
 * Source: https://docs.stripe.com/api/errors, https://docs.stripe.com/error-low-level
 */
export function stripeErrorOf(kind: CallKind, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof StripeConnectionError) return connectionFailure(kind, error);
  if (!(error instanceof StripeError)) {
    return unreadableAnswerError(kind, error) ?? unansweredError(kind, 'unreadable_answer', error);
  }
  const broken = brokenBody(error);
  if (broken !== undefined) return connectionError(kind, broken, false);
  const type = typeOf(error);
  if (type === null) {
    const code = error.statusCode === undefined ? 'unreadable_answer' : `http_${error.statusCode}`;
    return unansweredError(kind, code, error, error.statusCode);
  }
  return new GatewayError({
    type,
    failure: failureOf([error.code, error.rawType], error.message) ?? { code: type, message: null },
    httpStatus: error.statusCode,
    retryAfterMs: retryAfterMsOf(error.headers?.['retry-after']),
    answer: answerWithError(error),
    cause: error,
  });
}

/** The SDK keeps the HTTP client's error in `detail`. */
function connectionFailure(kind: CallKind, error: Stripe.errors.StripeConnectionError): GatewayError {
  const thrown: unknown = error.detail;
  const isTimeout = isJsonObject(thrown) && thrown.code === 'ETIMEDOUT';
  return connectionError(kind, thrown, isTimeout);
}

/**
 * The error that interrupted the body of a response, if one did. The SDK reports it like a body that is not JSON; only
 * the exception that it caught differs, a SyntaxError for the latter.
 */
function brokenBody({ raw }: Stripe.errors.StripeError): unknown {
  const caught = isJsonObject(raw) ? raw.exception : undefined;
  return caught instanceof SyntaxError ? undefined : caught;
}

/** Null if the response does not prove that Stripe rejected the call. */
function typeOf(error: Stripe.errors.StripeError): GatewayErrorType | null {
  const { statusCode, rawType } = error;
  // The account's rate limit, or an object locked by another call (`lock_timeout`): the call was not started.
  if (error instanceof StripeRateLimitError) return 'RATE_LIMIT_ERROR';
  if (statusCode === 401 || (statusCode === 403 && rawType === 'invalid_request_error')) {
    return 'AUTHENTICATION_ERROR';
  }
  if (statusCode === 409 || rawType === 'idempotency_error') return 'IDEMPOTENCY_CONFLICT';
  if (statusCode === 402) return 'CARD_DECLINED';
  // 424: a dependency of Stripe failed, possibly after the call took effect.
  const isRefusal = statusCode !== undefined && statusCode >= 400 && statusCode < 500 && statusCode !== 424;
  return isRefusal && rawType === 'invalid_request_error' ? 'INVALID_REQUEST' : null;
}
