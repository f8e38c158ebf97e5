import { type Problem, ProblemError } from '@payments/runtime';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const WHOLE = /^-?\d+$/;

/**
 * Parses the JSON of a body. A number that is not written as an integer becomes NaN, even where rounding would make
 * it one: amounts are never guessed.
 *
 * @throws ProblemError 400 if it is not JSON in UTF-8, or nested too deeply for any command
 */
export function readJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new ProblemError(unreadable('It is not UTF-8.'));
  }
  try {
    return JSON.parse(text, keepWhole);
  } catch (error) {
    // The parser's message quotes the body; a body that is nested too deeply overflows its stack.
    throw new ProblemError(unreadable(error instanceof OddNameError ? error.message : 'It is not JSON.'));
  }
}

class OddNameError extends Error {}

function keepWhole(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (key === '__proto__') throw new OddNameError('No field is named __proto__.');
  return typeof value === 'number' && !WHOLE.test(context?.source ?? '') ? Number.NaN : value;
}

function unreadable(detail: string): Problem {
  return { status: 400, title: 'Unreadable body', detail: `The body cannot be read: ${detail}` };
}
