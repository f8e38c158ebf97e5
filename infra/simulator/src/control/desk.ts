import { type Answer, type Call, Refusal } from '../api/call.js';
import type { Desk } from '../api/http-server.js';
import { JsonFields } from '../api/json-fields.js';
import { type Operations, OperationTable } from '../api/operation.js';
import type { Simulator } from '../simulator.js';
import { actAsCustomer } from './act-as-customer.js';
import { addFault } from './add-fault.js';
import { advanceClock } from './advance-clock.js';
import { changeSettings } from './change-settings.js';
import { type ControlHandler, refuseField } from './control-request.js';
import { listFaults } from './list-faults.js';
import { readCheckout } from './read-checkout.js';
import { readLedger } from './read-ledger.js';
import { readRequests } from './read-requests.js';
import { readSettings } from './read-settings.js';
import { readWebhooks } from './read-webhooks.js';
import { removeFault } from './remove-fault.js';
import { removeFaults } from './remove-faults.js';
import { reset } from './reset.js';
import { setDisorder } from './set-disorder.js';
import { setTarget } from './set-target.js';

/** By what each does; documented in docs/simulator.md. */
export const CONTROLS = {
  reset: { method: 'POST', path: '/control/reset', handle: reset },
  'list faults': { method: 'GET', path: '/control/faults', handle: listFaults },
  'add a fault': { method: 'POST', path: '/control/faults', handle: addFault },
  'remove all faults': { method: 'DELETE', path: '/control/faults', handle: removeFaults },
  'remove a fault': { method: 'DELETE', path: '/control/faults/:id', handle: removeFault },
  'read settings': { method: 'GET', path: '/control/settings', handle: readSettings },
  'change settings': { method: 'PATCH', path: '/control/settings', handle: changeSettings },
  'advance the clock': { method: 'POST', path: '/control/clock', handle: advanceClock },
  'read webhooks': { method: 'GET', path: '/control/webhooks', handle: readWebhooks },
  'set disorder': { method: 'PUT', path: '/control/webhooks/disorder', handle: setDisorder },
  'set a target': { method: 'PUT', path: '/control/webhooks/:provider', handle: setTarget },
  'act as the customer': { method: 'POST', path: '/control/customers/:provider/:id', handle: actAsCustomer },
  'read a checkout': { method: 'GET', path: '/control/checkouts/:id', handle: readCheckout },
  'read the ledger': { method: 'GET', path: '/control/ledger', handle: readLedger },
  'read requests': { method: 'GET', path: '/control/requests', handle: readRequests },
} as const satisfies Operations<ControlHandler>;

/** The control API: how whoever tests against the simulator tells it what to do. */
export function controlDesk(simulator: Simulator): Desk {
  const table = new OperationTable<ControlHandler>(CONTROLS);
  return {
    prefix: 'control',
    serve: async (call: Call): Promise<Answer> => {
      const matched = table.match(call.method, call.path);
      if (matched === undefined) return directory();
      try {
        const body = JsonFields.of(call.body, refuseField);
        const { query } = call;
        return {
          status: 200,
          body: await matched.operation.handle({ body, query, path: matched.path }, simulator),
        };
      } catch (error) {
        if (error instanceof Refusal) return error.answer;
        throw error;
      }
    },
  };
}

function directory(): Answer {
  const controls = Object.entries(CONTROLS).map(([does, { method, path }]) => `${method} ${path}: ${does}`);
  return { status: 404, body: { error: 'there is no such control', controls } };
}
