import { type Problem, ProblemError } from '../problem.js';

/** @returns the problem with which `work` refuses, `undefined` if it does not. @throws any other error of it */
export function problemOf(work: () => unknown): Problem | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  return undefined;
}
