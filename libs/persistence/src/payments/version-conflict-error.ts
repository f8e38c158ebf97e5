import { databaseErrorOf } from '../database-error.js';

/** A concurrent transaction committed first, and the decision rests on outdated data. Roll back and retry. */
export class VersionConflictError extends Error {
  override readonly name = 'VersionConflictError';
}

/**
 * Runs a statement that violates a unique constraint only after a concurrent write of the same key.
 *
 * @throws VersionConflictError with the message `meaning` in that case
 */
export async function unlessTaken<T>(
  constraint: string,
  meaning: string,
  statement: () => Promise<T>,
): Promise<T> {
  try {
    return await statement();
  } catch (error) {
    const found = databaseErrorOf(error);
    if (found?.kind !== 'statement' || found.constraint !== constraint) throw error;
    throw new VersionConflictError(meaning, { cause: error });
  }
}
