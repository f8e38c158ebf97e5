import { type Problem, ProblemError } from '@payments/runtime';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const WHOLE = /^-?\d+$/;

/**
 * The JSON of a body. A number that is not written as a whole one comes out as NaN, also where rounding would
 * make it whole: no amount is guessed.
 *
 * @throws ProblemError 400 if it is not JSON in UTF-8, or too deep to be any command.
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
    // The parser's own words quote the body; too deep a body overflows its stack.
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
