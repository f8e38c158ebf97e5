import type { Failure } from '@payments/domain';
import type { GatewayAnswer } from './gateway-client.js';

/** All kinds of failures of a call to a gateway. */
export const GATEWAY_ERROR_TYPES = {
  RATE_LIMIT_ERROR: 'The gateway refused it for coming too fast.',
  API_CONNECTION_ERROR: 'No connection came about, or none was tried: the gateway never saw it.',
  API_ERROR: 'A read that the gateway, or the way there, failed to answer.',
  CARD_DECLINED: 'The gateway refused to move the money.',
  INVALID_REQUEST: 'The gateway refused the request itself, as it would again.',
  AUTHENTICATION_ERROR: 'The gateway does not accept our credentials, or does not allow them this call.',
  IDEMPOTENCY_CONFLICT: 'A call under the same key is under way, or was another one.',
  UNKNOWN_OUTCOME: 'It may have been carried out, or not: the answer is missing or cannot be read.',
} as const;
export type GatewayErrorType = keyof typeof GATEWAY_ERROR_TYPES;

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

  /** False: the gateway may have executed the call, and nobody may act as if it had not. */
  get isProvablyNotExecuted(): boolean {
    return (NOT_EXECUTED as readonly string[]).includes(this.type);
  }
}
