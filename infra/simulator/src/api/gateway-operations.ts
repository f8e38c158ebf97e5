import { type Answer, type Call, Refusal } from './call.js';
import type { Execution, ExecutionOrders, GatewayApi } from './gateway-api.js';
import { type Matched, type Operations, OperationTable } from './operation.js';

export interface RunParts<Handler> {
  readonly matched: Matched<Handler>;
  readonly call: Call;
  readonly orders: ExecutionOrders;
}

/**
 * The part of a gateway's API that its table of operations makes.
 * @param run answers a call, or throws a Refusal
 * @param keepsRefusals true: refusals of what was tried come again for the same idempotency key
 */
export function gatewayOperations<Handler>(
  operations: Operations<Handler>,
  keepsRefusals: boolean,
  run: (parts: RunParts<Handler>) => Answer,
): Pick<GatewayApi, 'operations' | 'canDecline' | 'match'> {
  const table = new OperationTable<Handler>(operations);
  const execute = (parts: RunParts<Handler>): Execution => {
    try {
      return { answer: run(parts), isKept: true };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { answer: error.answer, isKept: keepsRefusals && error.wasTried };
    }
  };
  return {
    operations: table.names,
    canDecline: (operation) => table.canDecline(operation),
    match: (method, path) => {
      const matched = table.match(method, path);
      if (matched === undefined) return undefined;
      return { operation: matched.name, execute: (call, orders) => execute({ matched, call, orders }) };
    },
  };
}
