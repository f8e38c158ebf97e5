import { type GatewayProvider, isGatewayProvider } from '@payments/domain';
import type { Answer, Call } from '../api/call.js';
import type { Desk } from '../api/http-server.js';
import type { Simulator } from '../simulator.js';
import type { PlayedCustomer, Visit } from './played-customer.js';

const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** The pages that a gateway sends the customer to, for whoever wants to play the customer by hand. */
export function checkoutDesk({ customer }: Pick<Simulator, 'customer'>): Desk {
  return {
    prefix: 'checkout',
    serve: (call) => {
      const [, , provider = '', id = ''] = call.path.split('/');
      const visit = isGatewayProvider(provider) ? customer.visit(provider, id) : undefined;
      if (visit === undefined) return page(404, 'Nothing waits for you here.');
      return call.method === 'POST' ? act(customer, visit, call) : page(200, form(visit.provider, visit.id));
    },
  };
}

function act(customer: PlayedCustomer, { provider, id, returnUrl }: Visit, { body }: Call): Answer {
  const isRefused = new URLSearchParams(body.toString('utf8')).get('act') === 'refuse';
  customer.act(provider, id, { decline: isRefused ? '' : undefined });
  if (returnUrl === undefined) return page(200, isRefused ? 'Refused.' : 'Done.');
  return { status: 303, headers: { location: returnUrl } };
}

/** Both are safe in HTML: one of three names, and an id that the simulator made. */
function form(provider: GatewayProvider, id: string): string {
  return `<h1>${provider}: ${id}</h1>
<form method="post">
<button name="act" value="agree">Agree</button>
<button name="act" value="refuse">Refuse</button>
</form>`;
}

function page(status: number, body: string): Answer {
  return { status, headers: HTML, body: `<!doctype html><title>Simulated checkout</title>${body}\n` };
}
