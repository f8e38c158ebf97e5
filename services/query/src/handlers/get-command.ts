import { type Database, readCommand } from '@payments/persistence';
import { ProblemError } from '@payments/runtime';
import { commandId as id, type ParameterSource, readParameters } from '../parameters.js';

/**
 * `GET /v1/commands/{commandId}`: what became of a command. 404 until it is decided: one that is under way stands in
 * Kafka alone, and looks like one that never was.
 */
export async function getCommand(
  { database }: { readonly database: Pick<Database, 'primary'> },
  source: ParameterSource,
): Promise<string> {
  const { commandId } = readParameters(source, { commandId: id }, {});
  const command = await readCommand(database.primary, commandId);
  if (command !== undefined) return JSON.stringify(command);
  throw new ProblemError({
    status: 404,
    title: 'Not found',
    detail: `No command ${commandId} has been decided. If it was accepted a moment ago, ask again.`,
    headers: { 'retry-after': '1' },
  });
}
