import type { z } from 'zod';
import { containsCardNumber, redactCardNumbers } from './card-numbers.js';
import type { FieldProblem } from './problem.js';

type Issue = z.core.$ZodIssue;

/** Bodies have two levels; deeper problems are reported for the shape as a whole. */
const DEPTH_MAX = 5;
const PROBLEMS_MAX = 50;
const FIELD_LENGTH_MAX = 100;
const OPTIONS_SHOWN_MAX = 10;

export const CARD_NUMBER_PROBLEM = 'looks like a card number: send the token of the gateway instead';

/** Lists the problems of a body by field, without its values. Empty if it is valid. */
export function problemsOfBody(body: unknown, issues: readonly Issue[]): FieldProblem[] {
  const problems = [
    ...cardNumberProblems(body),
    ...issues.flatMap((issue) => problemsOfIssue(issue, valueAt(body, issue.path))),
  ];
  return problems.slice(0, PROBLEMS_MAX);
}

function* cardNumberProblems(value: unknown, path: readonly PropertyKey[] = []): Generator<FieldProblem> {
  if (typeof value === 'string' || typeof value === 'number') {
    if (containsCardNumber(String(value))) yield { field: nameOf(path), problem: CARD_NUMBER_PROBLEM };
  } else if (typeof value === 'object' && value !== null && path.length < DEPTH_MAX) {
    for (const [key, inner] of Object.entries(value)) {
      const at = [...path, key];
      if (containsCardNumber(key)) yield { field: nameOf(at), problem: CARD_NUMBER_PROBLEM };
      yield* cardNumberProblems(inner, at);
    }
  }
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], body);
}

function problemsOfIssue(issue: Issue, value: unknown): FieldProblem[] {
  const { path } = issue;
  if (isBoundOfInt(issue)) return [];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: nameOf([...path, key]),
      problem: 'is no field of this command',
    }));
  }
  if (path.length === 0) return [{ field: '', problem: 'the body must be a JSON object' }];
  return [{ field: nameOf(path), problem: wordsFor(issue, value) }];
}

/** Zod's bounds of a whole number: every field has narrower ones, which are reported beside them. */
function isBoundOfInt(issue: Issue): boolean {
  if (issue.code === 'too_big') return issue.maximum === Number.MAX_SAFE_INTEGER;
  return issue.code === 'too_small' && issue.minimum === Number.MIN_SAFE_INTEGER;
}

function wordsFor(issue: Issue, value: unknown): string {
  // Our own rules explain themselves.
  if (value === undefined && issue.code !== 'custom') return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return ownWords(issue) ?? `must be ${wordsForType(issue)}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`;
    case 'invalid_value':
      return wordsForValue(issue.values.map(String), value);
    case 'invalid_format':
      return issue.format === 'datetime'
        ? 'must be a time with its zone, such as 2027-01-31T12:00:00Z'
        : wordsForFormat(issue);
    case 'invalid_key':
      return 'is no name that it may have: see /openapi.json';
    default:
      return issue.message;
  }
}

function wordsForValue(values: readonly string[], value: unknown): string {
  const meant = values.find((one) => one.toLowerCase() === String(value).toLowerCase());
  if (meant !== undefined) return `must be written ${meant}`;
  return values.length > OPTIONS_SHOWN_MAX
    ? 'is none of the values that it may have, which /openapi.json lists'
    : `must be one of ${values.join(', ')}`;
}

function wordsForType({ expected, format }: { expected: string; format?: unknown }): string {
  if (expected === 'int' || expected === 'number' || format === 'safeint') return 'a whole number';
  if (expected === 'object' || expected === 'record') return 'an object';
  return expected === 'array' ? 'a list' : `a ${expected}`;
}

function wordsForFormat(issue: { message: string; pattern?: string | undefined }): string {
  return ownWords(issue) ?? `must match ${issue.pattern}`;
}

/** Our own messages are sentences already; zod's refer to types and patterns. */
function ownWords({ message }: { message: string }): string | undefined {
  return message.startsWith('Invalid') ? undefined : message;
}

function unitOf(origin: string, count: number | bigint): string {
  if (origin === 'string') return count === 1 ? ' character' : ' characters';
  return origin === 'array' ? ' entries' : '';
}

/** Field names are untrusted as well. */
function nameOf(path: readonly PropertyKey[]): string {
  const name = redactCardNumbers(path.map(String).join('.'));
  return name.length > FIELD_LENGTH_MAX ? `${name.slice(0, FIELD_LENGTH_MAX)}…` : name;
}
