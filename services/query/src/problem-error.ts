import type { Problem } from '@payments/runtime';

/** Ends a request with a problem for its caller. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** @param what with its article: `a payment intent` */
export function notFound(what: string, id: string): ProblemError {
  return new ProblemError({ status: 404, title: 'Not found', detail: `There is no ${what} ${id}.` });
}
