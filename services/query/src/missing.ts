import { ProblemError } from '@payments/runtime';

/** @param what without its article: `payment intent` */
export function notFound(what: string, id: string): ProblemError {
  return new ProblemError({ status: 404, title: 'Not found', detail: `There is no ${what} ${id}.` });
}

/** It existed, and may be in an archive that the read side cannot access (RFC 9110, 15.5.11). */
export function archived(what: string, id: string): ProblemError {
  return new ProblemError({
    status: 410,
    title: 'Archived',
    detail:
      `The ${what} ${id} is archived and no longer to be read here: ask those who operate the payment pipeline ` +
      'to look it up in the archive.',
  });
}
