/** Another transaction was first: what was decided rests on an old reading. Roll back and run again. */
export class VersionConflictError extends Error {
  override readonly name = 'VersionConflictError';
}
