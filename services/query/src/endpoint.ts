import type { z } from 'zod';
import { type ParameterSet, type ParameterSource, type Parameters, readParameters } from './parameters.js';
import type { QueryDeps } from './query-deps.js';

/** The caller of an endpoint. */
export interface Caller {
  /** Id of the caller's API key. */
  readonly keyId: string;
  /** Calls `end` once the caller has disconnected. */
  readonly onGone: (end: () => void) => void;
}

/** Resolves to a JSON response. @throws ProblemError, which becomes the response */
export type Handler = (source: ParameterSource, caller: Caller) => Promise<string>;

/** A readable resource: its route, its parameters and its entry in docs/openapi-query.json are derived from it. */
export interface Endpoint {
  /** In OpenAPI's syntax: `/v1/orders/{orderId}/payments`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly pathParameters: ParameterSet;
  readonly queryParameters: ParameterSet;
  /** Schema of the response. */
  readonly answer: z.ZodType;
  /** Responses with a status that other endpoints do not have. */
  readonly refusals?: Readonly<Partial<Record<404 | 410 | 429, string>>>;
  handler(deps: QueryDeps): Handler;
}

interface Definition<P extends ParameterSet, Q extends ParameterSet> extends Omit<Endpoint, 'handler'> {
  readonly pathParameters: P;
  readonly queryParameters: Q;
  /** Called once, at start. */
  readonly handler: (deps: QueryDeps) => (parameters: Parameters<P, Q>, caller: Caller) => Promise<string>;
}

/** Parses the parameters, then calls the handler. */
export function endpoint<P extends ParameterSet, Q extends ParameterSet>(
  definition: Definition<P, Q>,
): Endpoint {
  const { pathParameters, queryParameters } = definition;
  return {
    ...definition,
    handler: (deps) => {
      const handle = definition.handler(deps);
      return async (source, caller) =>
        handle(readParameters(source, pathParameters, queryParameters), caller);
    },
  };
}
