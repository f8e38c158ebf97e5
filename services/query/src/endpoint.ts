import type { z } from 'zod';
import { type ParameterSet, type ParameterSource, type Parameters, readParameters } from './parameters.js';
import type { QueryDeps } from './query-deps.js';

/** Tells `end` when whoever asked has gone away. */
export type OnGone = (end: () => void) => void;

/** Resolves to an answer in JSON. @throws ProblemError, to be answered */
export type Handler = (source: ParameterSource, onGone: OnGone) => Promise<string>;

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
  /** When it is 404. */
  readonly notFound?: string;
  handler(deps: QueryDeps): Handler;
}

interface Definition<P extends ParameterSet, Q extends ParameterSet> extends Omit<Endpoint, 'handler'> {
  readonly pathParameters: P;
  readonly queryParameters: Q;
  /** Called once, at the start. */
  readonly handler: (deps: QueryDeps) => (parameters: Parameters<P, Q>, onGone: OnGone) => Promise<string>;
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
      return async (source, onGone) =>
        handle(readParameters(source, pathParameters, queryParameters), onGone);
    },
  };
}
