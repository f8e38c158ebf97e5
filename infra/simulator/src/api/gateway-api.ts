import type { GatewayProvider } from '@payments/domain';
import type { Answer, Call } from './call.js';
import type { IdempotencyKey } from './idempotency-store.js';

/** A request whose operation is known. */
export interface OperationCall {
  readonly operation: string;
  execute(call: Call, orders: ExecutionOrders): Execution;
}

export interface ExecutionOrders {
  /** The reason to decline with, in the gateway's words; undefined: decide as always. */
  readonly decline: string | undefined;
}

export interface Execution {
  readonly answer: Answer;
  /** True: comes again for the same idempotency key. */
  readonly isKept: boolean;
}

/** One of the gateways over HTTP: what it does, and what its refusals look like. */
export interface GatewayApi {
  readonly provider: GatewayProvider;
  /** Every operation's name. */
  readonly operations: readonly string[];
  canDecline(operation: string): boolean;
  match(method: string, path: string): OperationCall | undefined;
  /** What is wrong with the credentials, or undefined. */
  authenticate(call: Call, operation: string): Answer | undefined;
  /** Undefined: the operation takes no key, or none came. @throws Refusal if the key is none */
  idempotencyKey(call: Call, operation: string): IdempotencyKey | undefined;
  readonly answers: GatewayAnswers;
}

export interface GatewayAnswers {
  noSuchOperation(call: Call): Answer;
  keyInUse(): Answer;
  keyDiffers(): Answer;
  replayed(answer: Answer): Answer;
  rateLimited(): Answer;
  serverError(): Answer;
  /** True: an answer that was a 500 comes again for the same key, whether or not anything was done. */
  readonly keepsServerErrors: boolean;
}
