import { containsCardNumber, type FieldProblem, redactCardNumbers } from '@payments/runtime';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** A body is two deep; what lies deeper is refused for its shape. */
const DEPTH_MAX = 5;
const PROBLEMS_MAX = 50;
const FIELD_LENGTH_MAX = 100;
const OPTIONS_SHOWN_MAX = 10;

export const CARD_NUMBER_PROBLEM = 'looks like a card number: send the token of the gateway instead';

/** What is wrong with a body, field by field, without a word of what the fields hold. Empty if nothing is. */
export function problemsOfBody(body: unknown, issues: readonly Issue[]): FieldProblem[] {
  const problems = [...cardNumberProblems(body), ...issues.flatMap(problemsOfIssue)];
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

function problemsOfIssue(issue: Issue): FieldProblem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: nameOf([...path, key]),
      problem: 'is no field of this command',
    }));
  }
  return [{ field: nameOf(path), problem: wordsFor(issue) }];
}

function wordsFor(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      // zod tells a field that is not there by its missing input alone.
      return issue.message.endsWith('received undefined') ? 'is missing' : `must be ${wordsForType(issue)}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return issue.values.length > OPTIONS_SHOWN_MAX
        ? 'is none of the values that it may have: see /openapi.json'
        : `must be one of ${issue.values.map(String).join(', ')}`;
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

function wordsForType({ expected, format }: { expected: string; format?: unknown }): string {
  if (expected === 'int' || expected === 'number' || format === 'safeint') return 'a whole number';
  if (expected === 'object' || expected === 'record') return 'an object';
  return expected === 'array' ? 'a list' : `a ${expected}`;
}

/** The messages of our own patterns are sentences already; zod's name the pattern. */
function wordsForFormat({ message, pattern }: { message: string; pattern?: string | undefined }): string {
  return message.startsWith('Invalid') ? `must match ${pattern}` : message;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

/** Names of fields come from the sender as well. */
function nameOf(path: readonly PropertyKey[]): string {
  const name = redactCardNumbers(path.map(String).join('.'));
  return name.length > FIELD_LENGTH_MAX ? `${name.slice(0, FIELD_LENGTH_MAX)}…` : name;
}
