import { asCommandId, asIntentId } from '@payments/domain';
import { ProblemError } from '@payments/runtime';

/** Reads one parameter. @throws Error that completes "name: …" and says what to send */
type Parser<T> = (text: string) => T;
type Parsers = Readonly<Record<string, Parser<unknown>>>;

/** What of a request is read. */
export interface ParameterSource {
  readonly params: Readonly<Record<string, unknown>>;
  readonly url: string;
}

export type Parameters<P extends Parsers, Q extends Parsers> = {
  readonly [Name in keyof P]: ReturnType<P[Name]>;
} & { readonly [Name in keyof Q]: ReturnType<Q[Name]> | undefined };

/**
 * Reads the parameters of path and query.
 *
 * @throws ProblemError 400 that names each one that is wrong, unknown or sent twice
 */
export function readParameters<P extends Parsers, Q extends Parsers>(
  { params, url }: ParameterSource,
  path: P,
  query: Q,
): Parameters<P, Q> {
  const problems: string[] = [];
  const found: Record<string, unknown> = {};
  const read = (name: string, parse: Parser<unknown>, text: string): void => {
    try {
      found[name] = parse(text);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const [name, parse] of Object.entries(path)) read(name, parse, String(params[name]));
  const sent = queryOf(url);
  for (const name of new Set(sent.keys())) {
    const [text = '', second] = sent.getAll(name);
    const parse = Object.hasOwn(query, name) ? query[name] : undefined;
    if (parse === undefined)
      problems.push(`${quoted(name)}: is no parameter here; there are ${namesOf(query)}`);
    else if (second !== undefined) problems.push(`${name}: send it once`);
    else read(name, parse, text);
  }
  if (problems.length > 0) throw invalid(problems.join('; '));
  return found as Parameters<P, Q>;
}

/** @param detail names the parameter */
export function invalid(detail: string): ProblemError {
  return new ProblemError({ status: 400, title: 'Invalid parameter', detail });
}

export const intentId = orSay(asIntentId, 'must be the id of a payment intent, a UUID of version 5');
export const commandId = orSay(asCommandId, 'must be the id of a command, a UUID');

const NAME_LENGTH_MAX = 255;

/** An id that the order service chose: of an order, of a customer. */
export function name(text: string): string {
  if (text.length < 1 || text.length > NAME_LENGTH_MAX || text.includes('\0')) {
    throw new Error(`must have 1 to ${NAME_LENGTH_MAX} characters, none of them NUL`);
  }
  return text;
}

/** A whole number between two others, which are allowed too. */
export function wholeNumber(min: number, max: number): Parser<number> {
  return (text) => {
    const number = Number(text);
    if (!/^\d{1,16}$/.test(text) || number < min || number > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

/** `2s` or `500ms`, as milliseconds. */
export function duration(maxMs: number): Parser<number> {
  return (text) => {
    const [, digits, unit] = /^(\d{1,6})(ms|s)$/.exec(text) ?? [];
    const ms = Number(digits) * (unit === 's' ? 1_000 : 1);
    if (digits === undefined || ms > maxMs) throw new Error(`must be like 2s or 500ms, at most ${maxMs}ms`);
    return ms;
  };
}

function orSay<T>(parse: Parser<T>, wanted: string): Parser<T> {
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

function namesOf(query: Parsers): string {
  return Object.keys(query).join(', ') || 'none';
}

/** What a stranger sent, short enough to be sent back. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
