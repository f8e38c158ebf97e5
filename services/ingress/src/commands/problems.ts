import { CARD_NUMBER_PROBLEM, type FieldProblem, type Problem, unavailable } from '@payments/runtime';

export function invalidCommand(errors: readonly FieldProblem[]): Problem {
  const hasCard = errors.some(({ problem }) => problem === CARD_NUMBER_PROBLEM);
  return {
    status: 422,
    title: hasCard ? 'Card number refused' : 'Invalid command',
    detail: 'Correct the fields that errors names: nothing was done.',
    errors,
  };
}

export const NO_SUCH_INTENT: Problem = {
  status: 404,
  title: 'No such payment intent',
  detail: 'The id in the path is no intent id: take it from the answer to the creation.',
};

export const NOT_JSON: Problem = {
  status: 415,
  title: 'Unsupported media type',
  detail: 'Send the body as application/json in UTF-8, without Content-Encoding.',
  headers: { accept: 'application/json' },
};

export const KEY_REUSED: Problem = {
  status: 422,
  title: 'Idempotency key reused',
  detail:
    'The Idempotency-Key was used for another command within the last day: draw a new key for each command, ' +
    'and repeat a command with its own key and body.',
};

/** @param retryAfterS seconds until the limit admits one more */
export function tooManyCreations(limit: number, retryAfterS: number): Problem {
  return {
    status: 429,
    title: 'Too many payment intents',
    detail: `A customer gets at most ${limit} payment intents a minute. Try again in ${retryAfterS} s.`,
    headers: { 'retry-after': String(retryAfterS) },
  };
}

export const NOT_STORED = unavailable(
  'The command could not be stored in time. Send it again with the same Idempotency-Key: it will be one command.',
);
