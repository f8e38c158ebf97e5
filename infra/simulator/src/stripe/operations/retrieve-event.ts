import { noSuch } from '../errors.js';
import type { StripeHandler } from '../world.js';

/** @see https://docs.stripe.com/api/events/retrieve */
export const retrieveEvent: StripeHandler = ({ params, path }, { state }) => {
  params.only();
  const id = path.id ?? '';
  const event = state.events.get(id);
  if (event === undefined) throw noSuch('event', id);
  return event;
};
