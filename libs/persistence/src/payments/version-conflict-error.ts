import { databaseErrorOf } from '../database-error.js';

/** Another transaction was first: what was decided rests on an old reading. Roll back and run again. */
export class VersionConflictError extends Error {
  override readonly name = 'VersionConflictError';
}

/**
 * Runs a statement that breaks a unique constraint only if another transaction wrote the same key meanwhile.
 *
 * @throws VersionConflictError, saying `meaning`, then
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
