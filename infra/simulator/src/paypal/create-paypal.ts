import type { GatewayApi } from '../api/gateway-api.js';
import { paypalEventId } from '../gateway-ids.js';
import type { GatewayParts } from '../gateway-parts.js';
import { paypalEvent } from '../webhooks/paypal-event.js';
import { createPayPalApi, type PayPalCredentials } from './api.js';
import { PayPalState } from './state.js';
import type { PayPalWorld } from './world.js';

export function createPayPal(
  parts: GatewayParts,
  credentials: PayPalCredentials | undefined,
): { readonly state: PayPalState; readonly api: GatewayApi } {
  const { clock, settings, customer, webhooks, paymentsMax, checkoutUrl } = parts;
  const state = new PayPalState(paymentsMax);
  const publish: PayPalWorld['publish'] = (type, kind, resource) => {
    const id = paypalEventId();
    const event = paypalEvent({ id, type, kind, time: new Date(clock.now()).toISOString(), resource });
    webhooks.publish({ provider: 'paypal', id, type, body: Buffer.from(JSON.stringify(event)) });
  };
  const approvalUrl = (id: string) => checkoutUrl('paypal', id);
  return {
    state,
    api: createPayPalApi({ clock, settings, state, customer, approvalUrl, publish }, credentials),
  };
}
