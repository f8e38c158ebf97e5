import { asIntentId, type IntentId } from '@payments/domain';
import { inSpanFromHeaders, refuse, SpanKind } from '@payments/runtime';
import type { Express } from 'express';
import { COMMANDS_PATH, ENDPOINTS } from './commands/endpoints.js';
import { NO_SUCH_INTENT } from './commands/problems.js';
import { type ReceiveCommandDeps, receiveCommand } from './handlers/receive-command.js';
import { METHOD_NOT_ALLOWED } from './refusals.js';

export function addCommandRoutes(app: Express, deps: ReceiveCommandDeps): void {
  for (const endpoint of ENDPOINTS) {
    app
      .route(COMMANDS_PATH + endpoint.path.replace('{intentId}', ':intentId'))
      .post((req, res) => {
        const { intentId } = req.params;
        const id = typeof intentId === 'string' ? intentIdOrNone(intentId) : undefined;
        if (intentId !== undefined && id === undefined) return refuse(req, res, NO_SUCH_INTENT);
        return inSpanFromHeaders(
          'receive command',
          req.headers,
          () => receiveCommand(deps, endpoint, id, req, res),
          SpanKind.SERVER,
        );
      })
      .all((req, res) => refuse(req, res, METHOD_NOT_ALLOWED));
  }
}

function intentIdOrNone(text: string): IntentId | undefined {
  try {
    return asIntentId(text);
  } catch {
    return undefined;
  }
}
