import type { Failure } from '@payments/domain';
import type { GatewayAnswer } from './gateway-client.js';

/** All kinds of failures of a call to a gateway. */
export type GatewayErrorType =
  /** Rejected by the gateway's rate limit. */
  | 'RATE_LIMIT_ERROR'
  /** Not sent: no connection was established, or none was attempted. */
  | 'API_CONNECTION_ERROR'
  /** A read without a usable response. */
  | 'API_ERROR'
  /** The gateway declined to move the money. */
  | 'CARD_DECLINED'
  /** The gateway rejected the request itself; repeating it is no use. */
  | 'INVALID_REQUEST'
  /** The gateway does not accept our credentials, or does not allow them this call. */
  | 'AUTHENTICATION_ERROR'
  /** A call with the same idempotency key is in progress, or had another content. */
  | 'IDEMPOTENCY_CONFLICT'
  /** A mutation without a usable response: it may have been executed. */
  | 'UNKNOWN_OUTCOME';

/** Kinds that prove that the call changed nothing at the gateway. */
const NOT_EXECUTED = [
  'RATE_LIMIT_ERROR',
  'API_CONNECTION_ERROR',
  'API_ERROR',
  'CARD_DECLINED',
  'INVALID_REQUEST',
  'AUTHENTICATION_ERROR',
] as const satisfies readonly GatewayErrorType[];

export interface GatewayErrorParts {
  readonly type: GatewayErrorType;
  /** The gateway's own text, without card data. */
  readonly failure: Failure;
  /** Status of the response, if there was one. */
  readonly httpStatus?: number | null | undefined;
  /** The gateway's Retry-After in milliseconds. */
  readonly retryAfterMs?: number | null | undefined;
  /** What the gateway reported of the payment besides the rejection. */
  readonly answer?: GatewayAnswer | null | undefined;
  readonly cause?: unknown;
}

/** Why a call to a gateway has no result. The only error that a `GatewayClient` throws. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly type: GatewayErrorType;
  readonly failure: Failure;
  readonly httpStatus: number | null;
  readonly retryAfterMs: number | null;
  readonly answer: GatewayAnswer | null;

  constructor({ type, failure, httpStatus, retryAfterMs, answer, cause }: GatewayErrorParts) {
    super(`${type}: ${failure.code}${failure.message === null ? '' : `: ${failure.message}`}`, { cause });
    this.type = type;
    this.failure = failure;
    this.httpStatus = httpStatus ?? null;
    this.retryAfterMs = retryAfterMs ?? null;
    this.answer = answer ?? null;
  }

  /** If false, the gateway may have executed the call. */
  get isProvablyNotExecuted(): boolean {
    return (NOT_EXECUTED as readonly string[]).includes(this.type);
  }
}
