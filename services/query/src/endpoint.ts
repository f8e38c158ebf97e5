import type { z } from 'zod';
import { type ParameterSet, type ParameterSource, type Parameters, readParameters } from './parameters.js';
import type { QueryDeps } from './query-deps.js';

/** Whoever asks. */
export interface Caller {
  /** Of the API key that they have. */
  readonly keyId: string;
  /** Has `end` called once they have gone away. */
  readonly onGone: (end: () => void) => void;
}

/** Resolves to an answer in JSON. @throws ProblemError, to be answered */
export type Handler = (source: ParameterSource, caller: Caller) => Promise<string>;

/** Something that can be read: the route, its parameters and its place in docs/openapi-query.json follow from it. */
export interface Endpoint {
  /** As in OpenAPI: `/v1/orders/{orderId}/payments`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly pathParameters: ParameterSet;
  readonly queryParameters: ParameterSet;
  /** Of the answer's JSON. */
  readonly answer: z.ZodType;
  /** When it is refused with a status that the others do not have. */
  readonly refusals?: Readonly<Partial<Record<404 | 410 | 429, string>>>;
  handler(deps: QueryDeps): Handler;
}

interface Definition<P extends ParameterSet, Q extends ParameterSet> extends Omit<Endpoint, 'handler'> {
  readonly pathParameters: P;
  readonly queryParameters: Q;
  /** Called once, at the start. */
  readonly handler: (deps: QueryDeps) => (parameters: Parameters<P, Q>, caller: Caller) => Promise<string>;
}

/** Reads the parameters before it hands them on. */
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
