import { ProblemError } from '@payments/runtime';

/** @param what without its article: `payment intent` */
export function notFound(what: string, id: string): ProblemError {
  return new ProblemError({ status: 404, title: 'Not found', detail: `There is no ${what} ${id}.` });
}
