import type { AttemptId } from '@payments/domain';
import { type Database, readAttempt, type StoredAttempt } from '@payments/persistence';
import { CliError } from '../../cli-error.js';

/** @throws CliError if there is no such attempt */
export async function findAttempt(
  { primary }: Pick<Database, 'primary'>,
  attemptId: AttemptId,
): Promise<StoredAttempt> {
  const attempt = await readAttempt(primary, attemptId);
  if (attempt !== undefined) return attempt;
  throw new CliError('notFound', `There is no attempt ${attemptId}: see payments review ls.`);
}
