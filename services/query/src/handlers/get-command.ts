import { readCommand } from '@payments/persistence';
import { ProblemError } from '@payments/runtime';
import { command } from '../answers/command.js';
import { endpoint } from '../endpoint.js';
import { commandId } from '../parameters.js';

/** 404 until it is decided: a command in flight exists in Kafka only, and cannot be told from an unknown one. */
export const getCommand = endpoint({
  path: '/v1/commands/{commandId}',
  operationId: 'getCommand',
  summary: 'The outcome of a command.',
  pathParameters: { commandId },
  queryParameters: {},
  answer: command,
  refusals: { 404: 'It is not decided yet, or was never sent; `Retry-After` says when to try again.' },
  handler:
    ({ database }) =>
    async (parameters) => {
      const found = await readCommand(database.primary, parameters.commandId);
      if (found !== undefined) return JSON.stringify(found);
      throw new ProblemError({
        status: 404,
        title: 'Not found',
        detail: `No command ${parameters.commandId} has been decided. If it was accepted a moment ago, ask again.`,
        headers: { 'retry-after': '1' },
      });
    },
});
