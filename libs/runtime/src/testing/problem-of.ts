import { type Problem, ProblemError } from '../problem.js';

/**
 * @returns the problem that `work` throws; `undefined` if it does not throw
 * @throws any other error of `work`
 */
export function problemOf(work: () => unknown): Problem | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  return undefined;
}
