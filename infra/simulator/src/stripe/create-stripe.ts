import type { GatewayApi } from '../api/gateway-api.js';
import { stripeId } from '../gateway-ids.js';
import type { GatewayParts } from '../gateway-parts.js';
import { stripeEvent } from '../webhooks/stripe-objects.js';
import { createStripeApi } from './api.js';
import { StripeState } from './state.js';

export function createStripe(
  parts: GatewayParts,
  apiKey: string | undefined,
): { readonly state: StripeState; readonly api: GatewayApi } {
  const { clock, settings, customer, webhooks, paymentsMax, checkoutUrl } = parts;
  const state = new StripeState({ paymentsMax, eventsMax: paymentsMax });
  const publish = (type: string, object: object): void => {
    const event = stripeEvent({ id: stripeId('evt'), type, created: clock.seconds(), object });
    state.events.set(event.id, event);
    webhooks.publish({ provider: 'stripe', id: event.id, type, body: Buffer.from(JSON.stringify(event)) });
  };
  const links = { authenticationUrl: (id: string) => checkoutUrl('stripe', id) };
  const isDelivered = (eventId: string) => webhooks.stateOf('stripe', eventId) === 'delivered';
  const world = { clock, settings, state, customer, links, publish, isDelivered };
  return { state, api: createStripeApi(world, apiKey) };
}
