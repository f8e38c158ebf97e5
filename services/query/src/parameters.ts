import {
  asCommandId,
  asIntentId,
  type CommandId,
  GATEWAY_PROVIDERS,
  type GatewayProvider,
  type IntentId,
  isGatewayProvider,
} from '@payments/domain';
import { ProblemError } from '@payments/runtime';

/** A parameter of a path or query: its parser, and its entry in docs/openapi-query.json. */
export interface Parameter<T> {
  readonly description: string;
  /** JSON Schema of its text. */
  readonly schema: object;
  /** @throws Error whose message completes "name: …" and says what to send */
  readonly parse: (text: string) => T;
}

export type ParameterSet = Readonly<Record<string, Parameter<unknown>>>;

/** The parameters of an endpoint. */
export interface ParameterSource {
  readonly params: Readonly<Record<string, unknown>>;
  readonly url: string;
}

/** Parsed values: all of the path, and those of the query that were sent. */
export type Parameters<P extends ParameterSet, Q extends ParameterSet> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer T> ? T : never;
} & { readonly [Name in keyof Q]?: Q[Name] extends Parameter<infer T> ? T : never };

/**
 * Parses the parameters of path and query.
 *
 * @throws ProblemError 400 that lists each one that is invalid, unknown or repeated
 */
export function readParameters<P extends ParameterSet, Q extends ParameterSet>(
  { params, url }: ParameterSource,
  path: P,
  query: Q,
): Parameters<P, Q> {
  const problems: string[] = [];
  const found: Record<string, unknown> = {};
  const read = (name: string, { parse }: Parameter<unknown>, text: string): void => {
    try {
      found[name] = parse(text);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const [name, one] of Object.entries(path)) read(name, one, String(params[name]));
  const sent = queryOf(url);
  for (const name of new Set(sent.keys())) {
    const [text = '', second] = sent.getAll(name);
    const one = Object.hasOwn(query, name) ? query[name] : undefined;
    if (one === undefined)
      problems.push(`${quoted(name)}: is no parameter here; there are ${namesOf(query)}`);
    else if (second !== undefined) problems.push(`${name}: send it once`);
    else read(name, one, text);
  }
  if (problems.length > 0) throw invalid(problems.join('; '));
  return found as Parameters<P, Q>;
}

/** @param detail names the parameter */
export function invalid(detail: string): ProblemError {
  return new ProblemError({ status: 400, title: 'Invalid parameter', detail });
}

export const intentId: Parameter<IntentId> = {
  description: 'From the answer to the creation.',
  schema: { type: 'string', format: 'uuid' },
  parse: orSay(asIntentId, 'must be the id of a payment intent, a UUID of version 5'),
};

export const commandId: Parameter<CommandId> = {
  description: 'From the answer to the command, or as its sender chose it.',
  schema: { type: 'string', format: 'uuid' },
  parse: orSay(asCommandId, 'must be the id of a command, a UUID of version 1 to 8'),
};

const NAME_LENGTH_MAX = 255;

/** An id chosen by the order service: of an order, of a customer. */
export function name(description: string): Parameter<string> {
  return {
    description,
    schema: { type: 'string', minLength: 1, maxLength: NAME_LENGTH_MAX },
    parse: (text) => {
      if (text.length < 1 || text.length > NAME_LENGTH_MAX || text.includes('\0')) {
        throw new Error(`must have 1 to ${NAME_LENGTH_MAX} characters, none of them NUL`);
      }
      return text;
    },
  };
}

export const gatewayProvider: Parameter<GatewayProvider> = {
  description: 'Only of this gateway.',
  schema: { type: 'string', enum: GATEWAY_PROVIDERS },
  parse: (text) => {
    if (isGatewayProvider(text)) return text;
    throw new Error(`must be one of ${GATEWAY_PROVIDERS.join(', ')}`);
  },
};

/** A whole number within inclusive bounds. */
export function wholeNumber(min: number, max: number, description: string): Parameter<number> {
  return {
    description,
    schema: { type: 'integer', minimum: min, maximum: max },
    parse: (text) => {
      const number = Number(text);
      if (!/^\d{1,16}$/.test(text) || number < min || number > max) {
        throw new Error(`must be a whole number from ${min} to ${max}`);
      }
      return number;
    },
  };
}

/** Page size. */
export function limit(max: number, fallback: number): Parameter<number> {
  const { schema, ...rest } = wholeNumber(1, max, 'Maximum number of entries on a page.');
  return { ...rest, schema: { ...schema, default: fallback } };
}

/** Start of a page. @param parse throws Error for an invalid cursor */
export function cursor<T>(parse: (text: string) => T): Parameter<T> {
  return { description: 'The nextCursor of the previous page.', schema: { type: 'string' }, parse };
}

/** `2s` or `500ms`, in milliseconds; the service's configuration sets the limit. */
export function duration(description: string): Parameter<number> {
  return {
    description,
    schema: { type: 'string', pattern: DURATION.source },
    parse: (text) => {
      const [, digits, unit] = DURATION.exec(text) ?? [];
      if (digits === undefined) throw new Error('must be like 2s or 500ms');
      return Number(digits) * (unit === 's' ? 1_000 : 1);
    },
  };
}

const DURATION = /^(\d{1,6})(ms|s)$/;

function orSay<T>(parse: (text: string) => T, wanted: string): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch {
      throw new Error(wanted);
    }
  };
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : url.slice(start + 1));
}

function namesOf(query: ParameterSet): string {
  return Object.keys(query).join(', ') || 'none';
}

/** Untrusted input, truncated to be quoted in a response. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
