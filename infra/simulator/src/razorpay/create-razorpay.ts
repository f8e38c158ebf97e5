import type { GatewayApi } from '../api/gateway-api.js';
import { razorpayId } from '../gateway-ids.js';
import type { GatewayParts } from '../gateway-parts.js';
import { razorpayEvent } from '../webhooks/razorpay-entities.js';
import { createRazorpayApi, type RazorpayCredentials } from './api.js';
import { RazorpayState } from './state.js';
import type { RazorpayWorld } from './world.js';

export function createRazorpay(
  parts: GatewayParts,
  credentials: RazorpayCredentials | undefined,
): { readonly state: RazorpayState; readonly api: GatewayApi } {
  const { clock, settings, customer, webhooks, paymentsMax } = parts;
  const state = new RazorpayState(paymentsMax);
  const accountId = razorpayId('acc');
  const publish: RazorpayWorld['publish'] = (type, entities) => {
    const event = razorpayEvent({ accountId, type, created: clock.seconds(), entities });
    const id = razorpayId('event');
    webhooks.publish({ provider: 'razorpay', id, type, body: Buffer.from(JSON.stringify(event)) });
  };
  return { state, api: createRazorpayApi({ clock, settings, state, customer, publish }, credentials) };
}
