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
 * What an error of the SDK says of a call: above all whether it provably was not carried out.
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
  const answer = answerWithError(error);
  const retryAfterMs = retryAfterMsOf(error.headers?.['retry-after']);
  return new GatewayError({
    type,
    failure: failureOf([error.code, error.rawType], error.message) ?? { code: type, message: null },
    cause: error,
    ...(error.statusCode === undefined ? {} : { httpStatus: error.statusCode }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(answer === undefined ? {} : { answer }),
  });
}

/** The SDK keeps what the HTTP client threw in `detail`, and there what reading the body threw in `exception`. */
function connectionFailure(kind: CallKind, error: Stripe.errors.StripeConnectionError): GatewayError {
  const thrown: unknown = error.detail;
  const isTimeout = isJsonObject(thrown) && thrown.code === 'ETIMEDOUT';
  return connectionError(kind, thrown, isTimeout);
}

/**
 * What broke off the body of an answer, if that is what happened. The SDK says the same of it as of a body that is
 * not JSON, and keeps apart only what it caught: of the latter a SyntaxError.
 */
function brokenBody({ raw }: Stripe.errors.StripeError): unknown {
  const caught = isJsonObject(raw) ? raw.exception : undefined;
  return caught instanceof SyntaxError ? undefined : caught;
}

/** Null: the answer is no refusal of Stripe's that could be believed. */
function typeOf(error: Stripe.errors.StripeError): GatewayErrorType | null {
  const { statusCode, rawType } = error;
  // Of the account, or of an object that another call holds (`lock_timeout`): neither lets the call begin.
  if (error instanceof StripeRateLimitError) return 'RATE_LIMIT_ERROR';
  if (statusCode === 401 || (statusCode === 403 && rawType === 'invalid_request_error')) {
    return 'AUTHENTICATION_ERROR';
  }
  if (statusCode === 409 || rawType === 'idempotency_error') return 'IDEMPOTENCY_CONFLICT';
  if (statusCode === 402) return 'CARD_DECLINED';
  // 424: something that Stripe needs failed, and nobody says when.
  const isRefusal = statusCode !== undefined && statusCode >= 400 && statusCode < 500 && statusCode !== 424;
  return isRefusal && rawType === 'invalid_request_error' ? 'INVALID_REQUEST' : null;
}
